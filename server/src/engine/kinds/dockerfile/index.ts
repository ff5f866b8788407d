import { readImages } from '../../dockerfile/images.ts';
import { type Dockerfile, splitDockerfile } from '../../dockerfile/split.ts';
import type { Facts, Skip } from '../../model/facts.ts';
import { noFacts } from '../../model/no-facts.ts';
import { type Span, span } from '../../text/span.ts';
import type { WholeFileKind } from '../kind.ts';
import { claimsDockerfile, isTemplateName } from './claims.ts';
import { findTemplateAction } from './template.ts';

/** Dockerfiles and Containerfiles, whatever they are called. */
export const dockerfile: WholeFileKind = {
  id: 'dockerfile',
  syntax: 'whole',
  names: /(?:^|\.)(?:dockerfile|containerfile)(?:[._-]|$)/i,
  claims: claimsDockerfile,
  extract: ({ assigned, name, text }) => readDockerfile(text, !assigned && isTemplateName(name)),
};

function readDockerfile(text: string, isTemplate: boolean): Facts {
  const file = splitDockerfile(text);
  const images = isTemplate ? [] : readImages(file);
  const template = isTemplate ? span(0, 0) : findTemplateAction(file, images);
  return {
    ...noFacts,
    kind: dockerfile.id,
    images: template ? [] : images,
    skipped: template ? [templateAt(template)] : unclosedIn(file),
    comments: () => file.comments.map((at) => ({ span: at, text: text.slice(at.start, at.end) })),
  };
}

const templateAt = (at: Span): Skip => ({
  span: at,
  reason: 'it is a template, so its images are known only once it is filled in',
});

function unclosedIn({ unclosed }: Dockerfile): readonly Skip[] {
  if (!unclosed) return [];
  const reason = `no line closes \`${unclosed.text}\`, so the rest of the file counts as its text`;
  return [{ span: unclosed.span, reason, broken: true }];
}
