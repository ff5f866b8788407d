import type { BuildStage } from '../../model/build.ts';
import type { ImageUse } from '../../model/facts.ts';
import type { Command } from '../../model/script.ts';
import { packageAction } from '../../packages/index.ts';
import type { Span } from '../../text/span.ts';

/** Tools to build with that stay in an image, though what they built is all it needs. */
export interface Toolchain {
  /** A package, or a base image. */
  readonly name: string;
  /** The command that builds with it. */
  readonly builds: string;
  readonly span: Span;
  readonly path: string;
}

type Brought = Omit<Toolchain, 'builds'> & { readonly family: Family };

/** The first toolchain that the stages of an image (base first) bring in, build with, and leave behind. */
export function toolchainLeft(chain: readonly BuildStage[]): Toolchain | null {
  const brought = new Map<Family, Brought>();
  const bring = (one: Brought): void => {
    if (!brought.has(one.family)) brought.set(one.family, one);
  };
  for (const { base, parent, path, span, steps } of chain) {
    const sdk = parent === null ? sdkOf(base) : null;
    if (sdk) bring({ ...sdk, span, path: `${path}/base` });
    for (const step of steps) {
      if (step.type !== 'script' || step.script.moment !== 'build' || step.onBuild) continue;
      const commands = step.script.commands();
      if (!commands.some(removes)) {
        for (const command of commands) for (const one of installed(command, step.script.path)) bring(one);
      }
      for (const command of commands) {
        const builds = buildOf(command);
        const tool = builds?.families.map((family) => brought.get(family)).find((one) => one !== undefined);
        if (builds && tool) return { name: tool.name, builds: builds.name, span: tool.span, path: tool.path };
      }
    }
  }
  return null;
}

type Family = 'native' | 'make' | 'go' | 'rust' | 'maven' | 'gradle' | 'dotnet' | 'haskell';

/** Images that are there to build with: for these a smaller one to run in exists, or none is needed. */
const sdks: readonly (readonly [image: RegExp, family: Family])[] = [
  [/(?:^|\/)golang(?=[:@]|$)/, 'go'],
  [/(?:^|\/)rust(?=[:@]|$)/, 'rust'],
  [/(?:^|\/)maven(?=[:@]|$)/, 'maven'],
  [/(?:^|\/)gradle(?=[:@]|$)/, 'gradle'],
  [/(?:^|\/)dotnet\/sdk(?=[:@]|$)/, 'dotnet'],
  [/(?:^|\/)(?:haskell|fpco\/stack-build)(?=[:@]|$)/, 'haskell'],
  [/^(?:docker\.io\/)?(?:library\/)?gcc(?=[:@]|$)/, 'native'],
];

function sdkOf(base: ImageUse | null): { readonly name: string; readonly family: Family } | null {
  const image = base?.resolved.slice(0, 300) ?? '';
  const family = sdks.find(([form]) => form.test(image))?.[1];
  return family === undefined ? null : { name: image, family };
}

const packages: ReadonlyMap<string, Family> = new Map([
  ...['alpine-sdk', 'build-base', 'build-essential', 'clang', 'g++', 'gcc', 'gcc-c++'].map(
    (name) => [name, 'native'] as const,
  ),
  ['make', 'make'],
  ['cmake', 'make'],
  ['cargo', 'rust'],
  ['rustc', 'rust'],
  ['golang', 'go'],
  ['golang-go', 'go'],
  ['go', 'go'],
  ['maven', 'maven'],
  ['gradle', 'gradle'],
  ['ghc', 'haskell'],
]);

const familyOf = (name: string): Family | undefined => packages.get(name.replace(/-?\d+(?:\.\d+)*$/, ''));

function installed(command: Command, path: string): readonly Brought[] {
  const action = packageAction(command);
  if (action?.verb !== 'install' || !action.manager.isSystem) return [];
  return action.items.flatMap(({ name, span }) => {
    const family = familyOf(name);
    return family === undefined ? [] : { name, family, span, path: `${path}/${name}` };
  });
}

const removes = (command: Command): boolean => packageAction(command)?.verb === 'remove';

const verbs: ReadonlyMap<string, readonly [family: Family, verbs: RegExp]> = new Map([
  ['go', ['go', /^(?:build|install)$/]],
  ['cargo', ['rust', /^(?:build|install)$/]],
  ['mvn', ['maven', /^(?:package|install|verify|compile)$/]],
  ['mvnw', ['maven', /^(?:package|install|verify|compile)$/]],
  ['gradle', ['gradle', /^:?(?:[\w-]+:)*(?:assemble|build|bootJar|jar|installDist|shadowJar|war)$/]],
  ['gradlew', ['gradle', /^:?(?:[\w-]+:)*(?:assemble|build|bootJar|jar|installDist|shadowJar|war)$/]],
  ['dotnet', ['dotnet', /^(?:publish|build)$/]],
  ['stack', ['haskell', /^(?:build|install)$/]],
  ['cabal', ['haskell', /^(?:build|install|v2-build|v2-install|new-build)$/]],
  ['cmake', ['native', /^--build$/]],
]);

const native: readonly Family[] = ['native', 'make'];

const compilers: ReadonlySet<string> = new Set([
  'make',
  'ninja',
  'gcc',
  'g++',
  'cc',
  'c++',
  'clang',
  'clang++',
]);

/** What a command builds, with any of what it works with; null where it builds nothing. */
function buildOf(command: Command): { readonly name: string; readonly families: readonly Family[] } | null {
  const { name, words } = command;
  const known = verbs.get(name);
  if (known) {
    const [family, wanted] = known;
    const verb = words.find(({ text }) => text.length < 100 && wanted.test(text));
    const families = family === 'native' ? native : [family];
    return verb ? { name: `${name} ${verb.text}`, families } : null;
  }
  if (compilers.has(name)) {
    const asksOnly = words.some(({ text }) =>
      /^(?:--version|-v|-dumpversion|-dumpmachine|--help)$/.test(text),
    );
    return asksOnly ? null : { name, families: native };
  }
  // Parts of such packages are written in C, and compiled where they are installed.
  const action = packageAction(command);
  if (!action || !/^(?:bundle|gem|npm|pecl|pip|pnpm|yarn)/.test(action.name)) return null;
  return action.verb === 'install' || action.verb === 'restore'
    ? { name: action.name, families: ['native'] }
    : null;
}
