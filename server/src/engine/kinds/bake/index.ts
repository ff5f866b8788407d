import { noFacts } from '../../model/no-facts.ts';
import type { SourceFile, WholeFileKind } from '../kind.ts';
import { readBuilds } from './builds.ts';
import { readHcl } from './hcl.ts';
import { readTargets } from './targets.ts';

/** Build definitions of `docker buildx bake`, in HCL or JSON. Format: https://docs.docker.com/build/bake/reference/ */
export const bake: WholeFileKind = {
  id: 'bake',
  syntax: 'whole',
  names: /\.hcl$|^docker-bake.*\.json$/i,
  claims: (file) => isNamed(file) || (/\.hcl$/i.test(file.name) && targetBlock.test(file.text)),
  extract({ path, text }) {
    const { comments, entries } = readHcl(text);
    return {
      ...noFacts,
      kind: 'bake',
      images: readTargets(entries),
      outline: { ...noFacts.outline, builds: readBuilds(entries, path) },
      comments: () => comments,
    };
  },
};

const isNamed = ({ languageId, name }: SourceFile): boolean =>
  languageId === 'dockerbake' || /^docker-bake(?:[._-].*)?\.(?:hcl|json)$/i.test(name);

/** Other users of HCL have no blocks of this name and form. */
const targetBlock = /^\uFEFF?target[ \t]+"?[\w-]+"?[ \t]*\{/m;
