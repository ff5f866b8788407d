import type { Dockerfile } from '../../dockerfile/dockerfile.ts';
import type { ImageUse } from '../../model/facts.ts';
import type { Span } from '../../text/span.ts';

const action = /\{\{|\{%|<%/;

/**
 * The first template action (Go, Jinja, ERB) in the place of an instruction or in a reference; null where there is none.
 * Actions in arguments are common (`docker inspect --format '{{.Id}}'`) and tell nothing.
 */
export function findTemplateAction({ instructions }: Dockerfile, images: readonly ImageUse[]): Span | null {
  const image = images.find(({ resolved }) => action.test(resolved));
  const instruction = instructions.find(({ keyword }) => action.test(keyword));
  return image?.site.span ?? instruction?.text.slice(0, instruction.keyword.length).span ?? null;
}
