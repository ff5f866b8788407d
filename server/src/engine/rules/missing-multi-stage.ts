import type { BuildStage } from '../model/build.ts';
import type { Facts } from '../model/facts.ts';
import type { Report } from '../model/finding.ts';
import type { WorkspaceContext } from '../model/workspace-context.ts';
import type { ContextRule } from './rule.ts';
import { finalChain } from './support/command-chain.ts';
import { type Toolchain, toolchainLeft } from './support/toolchains.ts';
import { brief } from './support/words.ts';

export const missingMultiStage: ContextRule = {
  reads: 'context',
  id: 'missing-multi-stage',
  title: 'Build tools that stay in the image',
  severity: 'hint',
  kinds: ['dockerfile'],
  sameAs: {},
  fixSafety: null,
  check: ({ stages }: Facts, { path }: WorkspaceContext) => {
    if (forBuilding.test(path.split('/').slice(-3).join('/'))) return [];
    const chain = [...finalChain(stages)].reverse();
    if (!isRun(chain)) return [];
    const left = toolchainLeft(chain);
    return left ? [report(left)] : [];
  },
};

/** Files and folders of images in which people, or pipelines, build. */
const forBuilding =
  /(?:^|[/._-])(?:devcontainer|dev|develop|development|ci|builder|build|test|tests|testing|e2e|tools?|toolchain|sdk|debug|gitpod|lint)(?:[/._-]|$)/i;

/** A stage of such a name is meant to have tools, and an image that starts nothing, or a shell, is made to work in. */
function isRun(chain: readonly BuildStage[]): boolean {
  if (chain.some(({ label, windows }) => windows || forBuilding.test(label.replace(/^stage /, ''))))
    return false;
  const starts = chain
    .flatMap(({ steps }) => steps)
    .flatMap((step) =>
      step.type === 'script' && step.script.moment === 'start' && step.script.unread === null && !step.onBuild
        ? [step.script.commands()]
        : [],
    );
  const last = starts.at(-1)?.[0];
  return last !== undefined && !forWork.has(last.name);
}

/** Shells, and tools that build anew when they are started. */
const forWork: ReadonlySet<string> = new Set([
  '',
  'ash',
  'bash',
  'cargo',
  'cmake',
  'dotnet-watch',
  'gcc',
  'go',
  'gradle',
  'gradlew',
  'make',
  'mvn',
  'mvnw',
  'sbt',
  'sh',
  'sleep',
  'tail',
  'zsh',
]);

const report = ({ name, path, span }: Toolchain): Report => ({
  path,
  span,
  message: `${brief(name)} only builds, and stays in the image; build in a stage of its own.`,
});
