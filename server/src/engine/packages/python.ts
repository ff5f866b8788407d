import {
  type AddressCheck,
  gitPackage,
  isPath,
  isUrl,
  type Manager,
  manager,
  type PackageName,
  urlPackage,
  type VersionState,
} from './manager.ts';

/** A version specifier: `==1.4.2`, `~=1.4`, `>=1,<2`. See "Version specifiers" of the Python packaging guide. */
function specifierState(specifier: string): VersionState {
  if (specifier === '') return 'none';
  if (/^={2,3}/.test(specifier)) return specifier.includes('*') ? 'range' : 'exact';
  return /[~<]|==/.test(specifier) ? 'range' : 'open';
}

function pythonPackage(text: string): PackageName {
  const requirement = (/^[^;]*/.exec(text)?.[0] ?? '').trim();
  const address = /@\s*((?:(?:git|hg|svn|bzr)\+|https?:|file:).*)$/.exec(requirement)?.[1] ?? requirement;
  if (/^(?:git|hg|svn|bzr)\+/.test(address)) return { ...repositoryPackage(address), name: requirement };
  if (isUrl(address)) return { ...urlPackage(address), name: requirement };
  if (isPath(address) || /\/|\.(?:whl|zip|t(?:gz|bz|xz|lz)|tar(?:\.\w+)?)(?:\[|$)/.test(address))
    return { name: requirement, version: 'unknown', kind: 'file' };
  const bare = /^[^\s[=<>~!]*/.exec(requirement)?.[0] ?? '';
  const specifier = requirement.slice(bare.length).replace(/^\s*\[[^\]]*\]/, '');
  return { name: bare, version: specifierState(specifier.replace(/\s/g, '')), kind: 'package' };
}

/** `git+https://host/tool.git@ref#egg=tool`. Poetry has the ref in the fragment. */
function repositoryPackage(address: string): PackageName {
  const [path = '', fragment = ''] = address.replace(/^[^:]*:\/\/[^/]*/, '').split('#');
  const at = path.lastIndexOf('@');
  const inFragment = /[=&]/.test(fragment) ? '' : fragment;
  const named = gitPackage(address, at < 0 ? inFragment : path.slice(at + 1));
  // Revisions of Subversion and Bazaar are numbers.
  const isRevision = /^(?:svn|bzr)\+/.test(address) && /^\d+$/.test(named.ref ?? '');
  return isRevision ? { ...named, version: 'exact' } : named;
}

const hashCheck: AddressCheck = { options: ['--require-hashes'], advice: 'its hash (`#sha256=…`)' };

const withTwoEquals = (name: string): string => `${name}==VERSION`;

const index =
  '-i --index-url --extra-index-url --index --default-index -f --find-links --trusted-host --allow-insecure-host --cert --client-cert --proxy --cache-dir --python -p --timeout --retries --log --progress-bar';

const build =
  '-t --target --platform --python-version --implementation --abi --root --prefix --src --no-binary --only-binary --upgrade-strategy --exists-action --report --global-option --install-option --build-option --config-settings --config-setting -C --root-user-action --use-feature --use-deprecated -b --build -d --dest -w --wheel-dir';

export const pip: Manager = manager({
  programs: 'pip pypy-pip',
  valued: `${index} ${build} -c --constraint --group --uploaded-prior-to`,
  lists: '-r --requirement',
  named: '-e --editable',
  settled: '-c --constraint --no-index --require-hashes --uploaded-prior-to',
  verbs: { install: 'install', remove: 'uninstall' },
  dry: '--dry-run',
  unchecked: '--trusted-host',
  checked: hashCheck,
  item: pythonPackage,
  pinned: withTwoEquals,
});

/** `uvx ruff@0.9.2`: a name of `uv tool` may have its version behind `@`. */
function toolPackage(text: string): PackageName {
  const at = text.indexOf('@');
  const isGit = /^git\+|:\/\//.test(text);
  if (at < 1 || isGit || /\s@/.test(text)) return pythonPackage(text);
  const version = text.slice(at + 1);
  return { name: text.slice(0, at), version: version === 'latest' ? 'open' : 'exact', kind: 'package' };
}

const uvOptions = `${index} ${build} --constraints --override --overrides --build-constraints --directory --project --config-file --extra --group --only-group --no-extra --no-group --package --link-mode --index-strategy --keyring-provider --resolution --prerelease --exclude-newer --refresh-package --upgrade-package --reinstall-package --no-build-package --no-binary-package --env-file`;

const uvSettled = '-c --constraint --constraints --exclude-newer --require-hashes --no-index --offline';

export const uv: Manager = manager({
  programs: 'uv',
  valued: `${uvOptions} -c --constraint --from --with --with-requirements`,
  lists: '-r --requirement --requirements',
  named: '-e --editable',
  commits: '--rev',
  branches: '--tag --branch',
  settled: uvSettled,
  verbs: {
    install: 'pip install, tool install, add',
    restore: 'sync, pip sync',
    remove: 'pip uninstall, tool uninstall, remove',
  },
  dry: '--dry-run',
  unchecked: '--allow-insecure-host --trusted-host',
  checked: hashCheck,
  item: toolPackage,
  pinned: withTwoEquals,
});

export const uvx: Manager = manager({
  programs: 'uvx',
  grammar: { endsAtOperand: true },
  valued: `${uvOptions} -c --constraint --with --with-requirements --with-editable`,
  named: '--from',
  settled: uvSettled,
  verbs: { run: '*' },
  unchecked: '--allow-insecure-host --trusted-host',
  checked: hashCheck,
  item: toolPackage,
  pinned: (name) => `${name}@VERSION`,
});

export const pipx: Manager = manager({
  programs: 'pipx',
  valued: `${index} --suffix --pip-args --preinstall`,
  named: '--spec',
  verbs: {
    install: 'install, install-all',
    run: 'run',
    upgrade: 'upgrade, upgrade-all',
    remove: 'uninstall',
  },
  checked: hashCheck,
  item: pythonPackage,
  pinned: withTwoEquals,
});

/** Tools that keep a lock beside the project's files. Of a constraint such as `flask@^3` they write the outcome there. */
export const projects: Manager = manager({
  programs: 'poetry pdm pipenv',
  restores: true,
  valued:
    '-C --directory -P --project --group -G -E --extras --with --without --only --source --python -p --lockfile',
  lists: '-r --requirements',
  named: '-e --editable',
  verbs: { install: 'install, add', restore: 'sync, update, upgrade', remove: 'remove, uninstall' },
  dry: '--dry-run',
  item: (text) => toolPackage(text.replace(/@\^/, '~=')),
  pinned: withTwoEquals,
});

/** `name=3.12` is any 3.12, `name==3.12.4` that one; a channel may stand in front: `conda-forge::name`. */
function condaPackage(text: string): PackageName {
  if (isUrl(text)) return urlPackage(text);
  if (isPath(text) || /\.(?:conda|tar\.bz2)$/.test(text))
    return { name: text, version: 'unknown', kind: 'file' };
  const bare = /^[^\s=<>~![]*/.exec(text)?.[0] ?? '';
  const version = text.slice(bare.length).trim();
  if (version === '' || version === '=*') return { name: bare, version: 'none', kind: 'package' };
  if (version.startsWith('==') || /^=[^=]+=/.test(version))
    return { name: bare, version: 'exact', kind: 'package' };
  const isOpen = /^[>!]/.test(version) && !version.includes('<');
  return { name: bare, version: isOpen ? 'open' : 'range', kind: 'package' };
}

export const conda: Manager = manager({
  programs: 'conda mamba micromamba',
  valued:
    '-n --name -p --prefix -c --channel --repodata-fn --solver --subdir --platform --revision -r --root-prefix',
  lists: '-f --file',
  settled: '--revision --offline',
  verbs: {
    install: 'install, create',
    restore: 'env create, env update',
    upgrade: 'update, upgrade',
    remove: 'remove, uninstall',
  },
  dry: '-d --dry-run --download-only',
  unchecked: '-k --insecure',
  item: condaPackage,
  pinned: (name) => `${name}==VERSION`,
});
