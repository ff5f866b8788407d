import { isPath, isUrl, type Manager, manager, type PackageName, type VersionState } from './manager.ts';

/** A range of semver, or the name of a tag such as `latest`. */
function semverState(version: string): VersionState {
  if (/^[=v]*\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$|\$/.test(version)) return 'exact';
  if (/^[~^=v\d<]|^>.*</.test(version)) return 'range';
  return version === '' ? 'none' : 'open';
}

/** `typescript@5.7.2`, `@scope/name@^1`, `alias@npm:name@1.0.0`, `owner/repository#commit`. */
function nodePackage(text: string): PackageName {
  if (isPath(text)) return { name: text, version: 'unknown', kind: 'file' };
  if (
    /^(?:git[+:@]|github:|gitlab:|bitbucket:)|\.git(?:#|$)/.test(text) ||
    /^[\w.-]+\/[\w.-]+(?:#|$)/.test(text)
  ) {
    return { name: text, version: text.includes('#') ? 'range' : 'none', kind: 'git' };
  }
  if (isUrl(text)) return { name: text, version: 'unknown', kind: 'url' };
  if (/^(?:link|workspace|portal):|\.(?:tgz|tar|tar\.gz)$/.test(text))
    return { name: text, version: 'unknown', kind: 'file' };
  const alias = /^[^@]+@npm:(.+)$/.exec(text)?.[1] ?? text;
  const at = alias.indexOf('@', 1);
  if (at < 0) return { name: alias, version: 'none', kind: 'package' };
  return { name: alias.slice(0, at), version: semverState(alias.slice(at + 1)), kind: 'package' };
}

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
  takesAnyAddress: true,
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
  takesAnyAddress: true,
  pinned: withAt,
});

export const npmExec: Manager = manager({
  programs: 'npm bun',
  valued: `${common} -c --call`,
  named: '--package',
  verbs: { run: 'exec, x' },
  dry: '--no --no-install --offline',
  item: maybeOwn,
  takesAnyAddress: true,
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
  takesAnyAddress: true,
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
  takesAnyAddress: true,
  pinned: withAt,
});

/** The package managers themselves: `corepack prepare pnpm@9.15.4`. */
export const corepack: Manager = manager({
  programs: 'corepack',
  valued: '--install-directory -o --output',
  verbs: { install: 'prepare, use, install, hydrate' },
  item: nodePackage,
  takesAnyAddress: true,
  pinned: withAt,
});
