import {
  gitPackage,
  isPath,
  isUrl,
  type Manager,
  manager,
  type PackageName,
  urlPackage,
  type VersionState,
} from './manager.ts';

/** A range of semver, or the name of a tag such as `latest`. */
function semverState(version: string): VersionState {
  if (/^[=v]*\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$|\$/.test(version)) return 'exact';
  if (/^[~^=v\d<]|^>.*</.test(version)) return 'range';
  return version === '' ? 'none' : 'open';
}

/** `typescript@5.7.2`, `@scope/name@^1`, `alias@npm:name@1.0.0`, `owner/repository#commit`, `name@file:./folder`. */
function nodePackage(text: string): PackageName {
  const at = text.indexOf('@', 1);
  const isNamed = at > 0 && !isWhole(text, at);
  const source = sourceOf(isNamed ? text.slice(at + 1) : text);
  if (source) return { ...source, name: text };
  const alias = /^[^@]+@npm:(.+)$/.exec(text)?.[1] ?? text;
  const mark = alias.indexOf('@', 1);
  if (mark < 0) return { name: alias, version: 'none', kind: 'package' };
  return { name: alias.slice(0, mark), version: semverState(alias.slice(mark + 1)), kind: 'package' };
}

/** No name stands before the `@`. See `npm-package-arg`. */
const isWhole = (text: string, at: number): boolean =>
  /^[a-z][a-z+.-]*:|^[^@]+@[^:.]+\.[^:]+:/i.test(text) ||
  (!text.startsWith('@') && text.slice(0, at).includes('/'));

/** Where a package comes from that is no registry's; null where it is one's. */
function sourceOf(text: string): PackageName | null {
  const file = { name: text, version: 'unknown', kind: 'file' } as const;
  if (isPath(text) || /^(?:link|workspace|portal):|^[a-z]:[\\/]/i.test(text)) return file;
  const [address = '', fragment = ''] = text.split('#');
  if (!/:\/\//.test(text) && /\.(?:tgz|tar(?:\.gz)?)$/i.test(address)) return file;
  const tree = /^(https?:\/\/github\.com\/[^/]+\/[^/]+)\/tree\/(.+)$/i.exec(address);
  if (tree) return gitPackage(text, tree[2] ?? '');
  if (isRepository.test(address)) return gitPackage(text, refIn(fragment));
  if (isUrl(text)) return urlPackage(text);
  return address.includes('/') && !address.startsWith('@') ? file : null;
}

/** Repositories by their protocol, as a forge's shorthand, as `owner/name`, and as the address of their page. */
const isRepository =
  /^(?:git[+:]|ssh:|(?:github|gitlab|bitbucket|gist):)|^[^@/]+@[^:./]+\.[^:/]+:|\.git$|^[\w.-]+\/[\w.-]+$|^https?:\/\/(?:[^/@]*@)?(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)\/[^/?]+\/[^/?]+\/?$/i;

/** `main`, `semver:^1`; Yarn writes `commit=…`, `head=…`; pnpm has more behind `&`. */
const refIn = (fragment: string): string =>
  /(?:^|&)(?:commit|head|tag|branch|semver)=([^&]*)/.exec(fragment)?.[1] ?? fragment.replace(/&.*$/s, '');

const withAt = (name: string): string => `${name}@VERSION`;

/** What runs a program runs the project's own where it has one, so a name alone says little. */
function maybeOwn(text: string): PackageName {
  const named = nodePackage(text);
  return named.version === 'none' && named.kind === 'package' ? { ...named, version: 'unknown' } : named;
}

const common =
  '--prefix -C --dir --cwd --registry --cache --cache-folder --userconfig --globalconfig --global-dir --loglevel -w --workspace --filter -F --tag --scope --fetch-timeout --fetch-retries --network-timeout --network-concurrency --install-strategy --script-shell --store-dir --modules-folder --reporter --https-proxy --proxy --cafile --os --cpu --libc --mutex';

const unchecked =
  '--strict-ssl=false --no-strict-ssl --no-verify-store-integrity --verify-store-integrity=false';

export const npm: Manager = manager({
  programs: 'npm',
  restores: true,
  valued: `${common} --omit --include --only --location --before --save-prefix -c --call`,
  settled: '--before --offline',
  verbs: {
    install: 'install, i, in, ins, inst, isntall, add',
    restore: 'ci, clean-install, install-clean, install-test, it, cit',
    upgrade: 'update, up, upgrade, udpate',
    remove: 'uninstall, un, rm, remove',
  },
  dry: '--dry-run --package-lock-only',
  unchecked,
  item: nodePackage,
  pinned: withAt,
});

export const npx: Manager = manager({
  programs: 'npx bunx pnpx',
  grammar: { endsAtOperand: true },
  valued: `${common} -c --call`,
  named: '-p --package',
  verbs: { run: '*' },
  dry: '--no-install --no --offline',
  item: maybeOwn,
  pinned: withAt,
});

export const npmExec: Manager = manager({
  programs: 'npm bun',
  valued: `${common} -c --call`,
  named: '--package',
  verbs: { run: 'exec, x' },
  dry: '--no --no-install --offline',
  item: maybeOwn,
  pinned: withAt,
});

export const pnpm: Manager = manager({
  programs: 'pnpm bun',
  restores: true,
  valued: common,
  settled: '--offline',
  verbs: {
    install: 'install, i, add, global add',
    restore: 'ci, install-test, it, fetch',
    run: 'dlx',
    upgrade: 'update, up, upgrade',
    remove: 'remove, rm, uninstall, un',
  },
  dry: '--dry-run --lockfile-only',
  unchecked,
  item: nodePackage,
  pinned: withAt,
});

export const yarn: Manager = manager({
  programs: 'yarn yarnpkg',
  valued: common,
  settled: '--offline',
  verbs: {
    install: 'add, global add',
    restore: 'install, ',
    run: 'dlx',
    upgrade: 'upgrade, up, global upgrade',
    remove: 'remove, global remove',
  },
  unchecked,
  item: nodePackage,
  pinned: withAt,
});

/** The package managers themselves: `corepack prepare pnpm@9.15.4`. */
export const corepack: Manager = manager({
  programs: 'corepack',
  valued: '--install-directory -o --output',
  verbs: { install: 'prepare, use, install, hydrate' },
  item: nodePackage,
  pinned: withAt,
});
