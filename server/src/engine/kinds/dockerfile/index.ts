import { noValues } from '../../dockerfile/arguments.ts';
import { readBuild } from '../../dockerfile/build.ts';
import { type Dockerfile, splitDockerfile } from '../../dockerfile/dockerfile.ts';
import { readBases, readImages } from '../../dockerfile/images.ts';
import { readSeemingComments } from '../../dockerfile/seeming-comments.ts';
import type { Comment, Facts, Skip } from '../../model/facts.ts';
import { noFacts } from '../../model/no-facts.ts';
import { noVariables } from '../../model/variables.ts';
import { type Span, span } from '../../text/span.ts';
import type { SourceFile, WholeFileKind } from '../kind.ts';
import { claimsDockerfile, isTemplateName } from './claims.ts';
import { findTemplateAction } from './template.ts';

/** Dockerfiles and Containerfiles, whatever they are called. */
export const dockerfile: WholeFileKind = {
  id: 'dockerfile',
  syntax: 'whole',
  commentsStandAlone: true,
  names: /(?:^|\.)(?:dockerfile|containerfile)(?:[._-]|$)/i,
  claims: claimsDockerfile,
  extract: readDockerfile,
};

/** The files that facts were read from. */
const files = new WeakMap<Facts, Dockerfile>();

function readDockerfile(source: SourceFile): Facts {
  const before = source.before && files.get(source.before);
  const file = splitDockerfile(source.text, before);
  const facts = factsOf(file, source);
  files.set(facts, file);
  return facts;
}

function factsOf(file: Dockerfile, { assigned, name, path, text, variables }: SourceFile): Facts {
  const comments: Facts['comments'] = () =>
    file.comments.map((at) => ({ span: at, text: text.slice(at.start, at.end) }));
  const seemingComments = (): readonly Comment[] => readSeemingComments(file, text);
  const facts = { ...noFacts, kind: dockerfile.id, units: () => unitsOf(file), comments, seemingComments };
  if (!assigned && isTemplateName(name)) return { ...facts, skipped: [templateAt(span(0, 0))] };
  const values = { ...noValues, variables: variables ?? noVariables, dockerfile: path };
  const bases = readBases(file, values);
  const images = readImages(file, values, bases);
  const template = findTemplateAction(file, images);
  if (template) return { ...facts, skipped: [templateAt(template)] };
  const { built, scripts, stages } = readBuild(file, bases, { dockerfile: path, prefix: '' });
  return {
    ...facts,
    images,
    stages,
    scripts,
    outline: { ...noFacts.outline, built },
    skipped: unclosedIn(file),
  };
}

/** Each instruction, with its continued lines and its heredocs. */
const unitsOf = ({ instructions }: Dockerfile): readonly Span[] =>
  instructions.map(({ heredocs, text }) =>
    span(text.span.start, heredocs.at(-1)?.whole.span.end ?? text.span.end),
  );

const templateAt = (at: Span): Skip => ({
  span: at,
  reason: 'it is a template, so its images are known only once it is filled in',
});

function unclosedIn({ unclosed }: Dockerfile): readonly Skip[] {
  if (!unclosed) return [];
  const reason = `no line closes \`${unclosed.text}\`, so the rest of the file counts as its text`;
  return [{ span: unclosed.span, reason, broken: true }];
}
