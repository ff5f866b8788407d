import { isPath, isUrl, type Manager, manager, type PackageName, urlPackage } from './manager.ts';

/** `rails:7.2.1`; else the version is in an option. */
function rubyPackage(text: string): PackageName {
  if (isUrl(text)) return urlPackage(text);
  if (isPath(text) || text.endsWith('.gem')) return { name: text, version: 'unknown', kind: 'file' };
  const colon = text.indexOf(':');
  if (colon < 1) return { name: text, version: 'none', kind: 'package' };
  const version = text.slice(colon + 1);
  const state = /[~<]/.test(version) ? 'range' : version.includes('>') ? 'open' : 'exact';
  return { name: text.slice(0, colon), version: state, kind: 'package' };
}

export const gem: Manager = manager({
  programs: 'gem',
  grammar: { endsAtHyphens: true },
  valued:
    '-i --install-dir -n --bindir -P --trust-policy -s --source --clear-sources -p --http-proxy --platform --build-root -B --bulk-threshold --config-file',
  lists: '-g --file',
  versions: '-v --version',
  verbs: { install: 'install, i', upgrade: 'update', remove: 'uninstall' },
  dry: '--explain',
  item: rubyPackage,
  pinned: (name) => `${name}:VERSION`,
});

export const bundler: Manager = manager({
  programs: 'bundle bundler',
  valued:
    '-j --jobs --path --gemfile --without --with --retry --binstubs --shebang -P --trust-policy --system --group --source -g -s',
  repositories: '--git --github',
  commits: '--ref',
  branches: '--branch',
  versions: '-v --version',
  verbs: { install: 'add', restore: 'install, update, ', remove: 'remove' },
  settled: '--local --git --github --path',
  item: rubyPackage,
  pinned: (name) => `${name} --version VERSION`,
});

/** `example.com/tool@v1.2.3`, `…@latest`. Without a version it is the module around that says which. */
function goPackage(text: string): PackageName {
  const at = text.indexOf('@');
  const name = at < 0 ? text : text.slice(0, at);
  if (isPath(name) || !/^[^/]*[.$]/.test(name)) return { name, version: 'unknown', kind: 'file' };
  if (at < 0) return { name, version: 'unknown', kind: 'package' };
  const version = text.slice(at + 1);
  if (/\$|^v\d+\.\d+\.\d+|^[0-9a-f]{7,64}$/.test(version)) return { name, version: 'exact', kind: 'package' };
  return { name, version: /^v\d|^</.test(version) ? 'range' : 'open', kind: 'package' };
}

const goOptions =
  '-ldflags -tags -o -mod -C -p -gcflags -asmflags -gccgoflags -modfile -pkgdir -toolexec -overlay -buildmode -exec';

const goVersion = (name: string): string => `${name}@VERSION`;

export const go: Manager = manager({
  programs: 'go',
  grammar: { shorts: 'words' },
  valued: goOptions,
  verbs: { install: 'install', restore: 'mod download, mod tidy, mod vendor' },
  dry: '-n',
  unchecked: '-insecure',
  item: goPackage,
  pinned: goVersion,
});

/** Takes the newest version of what it is not told another of. */
export const goGet: Manager = manager({
  programs: 'go',
  grammar: { shorts: 'words' },
  restores: true,
  valued: goOptions,
  verbs: { install: 'get' },
  dry: '-n',
  unchecked: '-insecure',
  item: (text) => {
    const named = goPackage(text);
    return named.kind === 'package' && !text.includes('@') ? { ...named, version: 'none' } : named;
  },
  pinned: goVersion,
});

export const goRun: Manager = manager({
  programs: 'go',
  grammar: { shorts: 'words' },
  valued: goOptions,
  verbs: { run: 'run' },
  dry: '-n',
  item: goPackage,
  pinned: goVersion,
});

function rustPackage(text: string): PackageName {
  const at = text.indexOf('@');
  if (isPath(text)) return { name: text, version: 'unknown', kind: 'file' };
  if (at < 1) return { name: text, version: 'none', kind: 'package' };
  return {
    name: text.slice(0, at),
    version: /[*^~<>]/.test(text.slice(at)) ? 'range' : 'exact',
    kind: 'package',
  };
}

export const cargo: Manager = manager({
  programs: 'cargo',
  valued:
    '--path --root --registry --index --features -F --bin --example --target --target-dir --profile -j --jobs --config -Z --color -C --manifest-path --strategies --disable-strategies',
  versions: '--version --vers',
  repositories: '--git',
  commits: '--rev',
  branches: '--tag --branch',
  settled: '--path --git --offline',
  verbs: {
    install: 'install, binstall, add',
    restore: 'fetch',
    upgrade: 'install-update',
    remove: 'uninstall',
  },
  dry: '--list --dry-run',
  item: rustPackage,
  pinned: (name) => `${name}@VERSION`,
});

/** `vendor/name:1.2.3`, `vendor/name=^1.2`, `vendor/name 1.2.3`. */
function phpPackage(text: string): PackageName {
  const [, name = text, version = ''] = /^([^:=\s]+)[:=\s](.*)$/.exec(text) ?? [];
  // Extensions, and PHP itself: what the machine has, not what is installed.
  if (!name.includes('/')) return { name, version: 'unknown', kind: 'package' };
  if (version === '') return { name, version: 'none', kind: 'package' };
  if (/^dev-.*#[0-9a-f]{7,64}$/i.test(version)) return { name, version: 'exact', kind: 'package' };
  const isOpen = /^(?:>|\*|dev-|@)/.test(version) && !version.includes('<');
  return { name, version: isOpen ? 'open' : /[*^~<|]/.test(version) ? 'range' : 'exact', kind: 'package' };
}

export const composer: Manager = manager({
  programs: 'composer composer.phar',
  restores: true,
  valued:
    '-d --working-dir --ignore-platform-req --repository --repository-url -s --stability --prefer-install --audit-format',
  verbs: {
    install: 'require, req, r, global require',
    restore: 'install, i, update, u, upgrade, global install, global update, create-project',
    remove: 'remove, rm',
  },
  dry: '--dry-run',
  item: phpPackage,
  pinned: (name) => `${name}:VERSION`,
});

/** `redis-6.1.0`; `xdebug-beta` is the newest of its kind. */
export const pecl: Manager = manager({
  programs: 'pecl pear',
  valued: '-D --configureoptions',
  verbs: { install: 'install', upgrade: 'upgrade, upgrade-all', remove: 'uninstall' },
  item: (text) => {
    if (isUrl(text)) return urlPackage(text);
    if (isPath(text) || /\.(?:tgz|tar)$|^package2?\.xml$/.test(text))
      return { name: text, version: 'unknown', kind: 'file' };
    const [, name = text, version = ''] = /^(.*?)-((?:\d|\$|alpha|beta|stable|devel).*)$/.exec(text) ?? [];
    const state = version === '' ? 'none' : /^[\d$]/.test(version) ? 'exact' : 'open';
    return { name, version: state, kind: 'package' };
  },
  pinned: (name) => `${name}-VERSION`,
});

export const dotnet: Manager = manager({
  programs: 'dotnet',
  valued:
    '--tool-path --add-source --source -s --configfile --framework -f -r --runtime --tool-manifest --verbosity -a --arch --package-directory -p --project --packages',
  versions: '--version -v',
  verbs: { install: 'tool install, tool update, package add, add package', restore: 'restore, tool restore' },
  item: (text) => {
    const at = text.indexOf('@');
    if (at > 0) return { name: text.slice(0, at), version: 'exact', kind: 'package' };
    return { name: text, version: 'none', kind: isPath(text) ? 'file' : 'package' };
  },
  pinned: (name) => `${name} --version VERSION`,
});
