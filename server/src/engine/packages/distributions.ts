import type { Call } from './call.ts';
import {
  type AddressCheck,
  isPath,
  isUrl,
  type Manager,
  manager,
  type PackageName,
  urlPackage,
  type Verb,
  versionState,
} from './manager.ts';

/** `name=8.5.0-2`, `name=8.5*`, `name/bookworm-backports`. */
function debianPackage(text: string): PackageName {
  if (isUrl(text)) return urlPackage(text);
  if (isPath(text) || /\.(?:deb|changes)$/.test(text))
    return { name: text, version: 'unknown', kind: 'file' };
  const equals = text.indexOf('=');
  if (equals > 0)
    return { name: text.slice(0, equals), version: versionState(text.slice(equals + 1)), kind: 'package' };
  const slash = text.indexOf('/');
  if (slash > 0) return { name: text.slice(0, slash), version: 'range', kind: 'package' };
  // A hyphen at the end takes the package off.
  return { name: text, version: text.endsWith('-') ? 'unknown' : 'none', kind: 'package' };
}

const withEquals = (name: string): string => `${name}=VERSION`;

/** A pattern, as mirrors keep only the newest of the versions it stands for. */
const withPattern = (name: string): string => `${name}=VERSION*`;

export const apt: Manager = manager({
  programs: 'apt-get apt aptitude',
  isSystem: true,
  upgradesAll: true,
  valued:
    '-t --target-release --default-release -o --option -c --config-file -a --host-architecture -P --build-profiles -S --snapshot',
  verbs: {
    install: 'install, reinstall',
    upgrade: 'upgrade, dist-upgrade, full-upgrade, safe-upgrade, dselect-upgrade',
    refresh: 'update',
    remove: 'remove, purge, autoremove, autopurge, auto-remove',
  },
  settled: '-S --snapshot',
  dry: '-s --simulate --just-print --dry-run --recon --no-act --print-uris -d --download-only',
  unchecked:
    '--allow-unauthenticated --force-yes --allow-insecure-repositories --allow-downgrade-to-insecure-repositories --allow-untrusted',
  item: debianPackage,
  pinned: withPattern,
  isArchived: true,
});

/** The helper of Bitnami's minideb, around `apt-get install`. */
export const installPackages: Manager = manager({
  programs: 'install_packages',
  isSystem: true,
  verbs: { install: '*' },
  item: debianPackage,
  pinned: withPattern,
  isArchived: true,
});

/** `name=8.5.0-r0`, `name=~8.5`, `name>8`, `name@edge`. */
function alpinePackage(text: string): PackageName {
  if (isUrl(text)) return urlPackage(text);
  if (isPath(text) || text.endsWith('.apk')) return { name: text, version: 'unknown', kind: 'file' };
  const bare = /^[^=<>~@]*/.exec(text)?.[0] ?? '';
  const rest = text.slice(bare.length).replace(/^@[^=<>~]*/, '');
  // A mark in front takes the package off, and a name with a dot is one that an earlier command made up.
  if (/^[!.]/.test(text)) return { name: bare, version: 'unknown', kind: 'group' };
  return { name: bare, version: versionState(rest.replace(/^=(?!~)/, '')), kind: 'package' };
}

export const apk: Manager = manager({
  programs: 'apk',
  isSystem: true,
  valued:
    '-t --virtual -X --repository -p --root --repositories-file --keys-dir --cache-dir --cache-max-age --wait --progress-fd --arch --timeout',
  verbs: { install: 'add', upgrade: 'upgrade', refresh: 'update', remove: 'del' },
  settled: '--no-network',
  dry: '-s --simulate',
  unchecked: '--allow-untrusted --no-check-certificate',
  checksSignatures: true,
  item: alpinePackage,
  pinned: (name) => `${name}=~VERSION`,
});

const architectures = /\.(?:x86_64|i[3-6]86|aarch64|noarch|ppc64le|s390x|src)$/;

/**
 * `name-8.5.0-2.el9`, `name-8.5*`, `name-8.5.0`. The parts of a name may begin with a digit too (`java-17-openjdk`, `gcc-toolset-13`), so
 * a version without a release has a point or a star in it.
 */
function rpmPackage(text: string): PackageName {
  if (isUrl(text)) return urlPackage(text);
  if (isPath(text) || text.endsWith('.rpm')) return { name: text, version: 'unknown', kind: 'file' };
  if (/^@|^(?:pattern|patch|product):/.test(text)) return { name: text, version: 'unknown', kind: 'group' };
  const comparison = /^([^\s=<>]+)\s*([=<>].*)$/.exec(text);
  if (comparison) {
    const [, name = '', version = ''] = comparison;
    return { name, version: versionState(version.replace(/^=+/, '').trim()), kind: 'package' };
  }
  const bare = text.replace(architectures, '');
  const parts = bare.split('-');
  const isVersion = (part: string): boolean => /^(?:\d|\$)/.test(part);
  const [release = '', version = ''] = [parts.at(-1), parts.at(-2)];
  if (parts.length > 2 && isVersion(version) && /^(?:\d|\$|\*)/.test(release)) {
    return {
      name: parts.slice(0, -2).join('-'),
      version: versionState(`${version}${release}`),
      kind: 'package',
    };
  }
  if (parts.length > 1 && (/^\d.*[.*]/.test(release) || release.startsWith('$'))) {
    return { name: parts.slice(0, -1).join('-'), version: versionState(release), kind: 'package' };
  }
  return { name: bare, version: 'none', kind: 'package' };
}

const withHyphen = (name: string): string => `${name}-VERSION*`;

/** Packages that are no repository's are not checked unless this says so: `dnf.conf(5)`, `localpkg_gpgcheck`. */
const localCheck: AddressCheck = {
  options: ['1', 'true', 'yes', 'on'].map((on) => `--setopt=localpkg_gpgcheck=${on}`),
  advice: '`--setopt=localpkg_gpgcheck=1`',
};

export const dnf: Manager = manager({
  programs: 'dnf yum microdnf tdnf',
  isSystem: true,
  valued:
    '-c --config --installroot --releasever --enablerepo --disablerepo --repo --repoid --exclude -x --excludepkgs --setopt --forcearch --repofrompath --disableplugin --enableplugin -d --debuglevel -e --errorlevel --advisory --advisories --destdir --downloaddir --comment --color -R --randomwait --rpmverbosity',
  verbs: {
    install: 'install, downgrade, localinstall, install-n, install-nevra, install-na',
    restore: 'builddep',
    upgrade:
      'update, upgrade, upgrade-minimal, update-minimal, distro-sync, dist-sync, distribution-synchronization, system-upgrade',
    refresh: 'makecache, check-update',
    remove: 'remove, erase, autoremove',
  },
  dry: '--assumeno --downloadonly',
  unchecked: '--nogpgcheck --no-gpgchecks --no-gpg-checks',
  checked: localCheck,
  item: rpmPackage,
  pinned: withHyphen,
});

/** Groups have no versions. */
export const dnfGroups: Manager = manager({
  programs: 'dnf yum microdnf tdnf',
  isSystem: true,
  valued: '--enablerepo --disablerepo --setopt --releasever --installroot -x --exclude',
  verbs: { install: 'group install, groupinstall' },
  item: (name) => ({ name, version: 'unknown', kind: 'group' }),
});

/** A module, its stream and a profile: `module install nodejs:20/minimal`. Without a stream it is the one that is the default then. */
export const dnfModules: Manager = manager({
  programs: 'dnf yum microdnf tdnf',
  isSystem: true,
  valued: '--enablerepo --disablerepo --setopt --releasever --installroot -x --exclude',
  verbs: {
    install: 'module install',
    choose: 'module enable, module switch-to',
    remove: 'module remove, module disable, module reset',
  },
  item: (text) => {
    const [, name = text, stream] = /^([^:/]+)(?::([^/]+))?/.exec(text) ?? [];
    return { name, version: stream === undefined ? 'none' : 'range', kind: 'package' };
  },
  pinned: (name) => `${name}:STREAM`,
});

export const zypper: Manager = manager({
  programs: 'zypper',
  isSystem: true,
  valued:
    '-R --root --installroot -D --reposd-dir -C --cache-dir --raw-cache-dir --solv-cache-dir --pkg-cache-dir --config -c -r --repo --from -t --type --plus-repo -p --plus-content --releasever --category --severity',
  verbs: {
    install: 'install, in',
    upgrade: 'update, up, dist-upgrade, dup, patch',
    refresh: 'refresh, ref',
    remove: 'remove, rm',
  },
  // Patterns and products have no version that could be asked for.
  settled: '-t --type',
  dry: '--dry-run --download-only',
  unchecked: '--no-gpg-checks --no-gpgcheck -G --allow-unsigned-rpm',
  checksSignatures: true,
  item: rpmPackage,
  pinned: withEquals,
});

/** `-S` installs, and with `u` upgrades everything; `-U` takes files. */
function pacmanVerb({ operands, options }: Call): Verb | null {
  const has = (...names: readonly string[]): boolean => options.some(({ name }) => names.includes(name));
  if (has('-R', '--remove')) return 'remove';
  if (has('-U', '--upgrade')) return 'install';
  if (!has('-S', '--sync') || has('-s', '-i', '-l', '-g', '-c', '-p', '-w')) return null;
  if (has('-u', '--sysupgrade')) return 'upgrade';
  return operands.length > 0 ? 'install' : 'refresh';
}

/** The repositories of Arch Linux have the newest version alone, so none can be asked for. */
export const pacman: Manager = manager({
  programs: 'pacman',
  isSystem: true,
  upgradesAll: true,
  valued:
    '--ignore --ignoregroup --overwrite -b --dbpath -r --root --config --cachedir --arch --color --gpgdir --hookdir --logfile --assume-installed',
  verbByOptions: pacmanVerb,
  checksSignatures: true,
  item: (name) =>
    isUrl(name) ? urlPackage(name) : { name, version: 'none', kind: isPath(name) ? 'file' : 'package' },
});

const filesOnly = (text: string): PackageName =>
  isUrl(text) ? urlPackage(text) : { name: text, version: 'unknown', kind: 'file' };

export const rpm: Manager = manager({
  programs: 'rpm',
  isSystem: true,
  valued: '--root --prefix --dbpath --define -D --import -E --eval --rcfile --macros --excludepath',
  verbByOptions: ({ options }) => {
    const names = options.map(({ name }) => name);
    if (names.some((name) => ['-q', '-V', '-e', '--query'].includes(name))) return null;
    return names.some((name) => ['-i', '-U', '-F', '--install', '--upgrade'].includes(name))
      ? 'install'
      : null;
  },
  dry: '--test',
  unchecked: '--noverify --nosignature --nodigest --nofiledigest --nopgpcheck',
  item: filesOnly,
});

export const dpkg: Manager = manager({
  programs: 'dpkg',
  isSystem: true,
  valued: '--root --admindir --instdir -D --debug --add-architecture',
  verbByOptions: ({ options }) =>
    options.some(({ name }) => name === '-i' || name === '--install') ? 'install' : null,
  dry: '--dry-run --no-act --simulate',
  item: filesOnly,
});
