import type { ImageRole } from '../model/facts.ts';
import type { Site } from '../model/site.ts';
import { type Edits, refuse, smallestEdit } from '../text/edit.ts';
import type { MappedText } from '../text/mapped-text.ts';
import type { Expansion, Origin } from './expand.ts';

/** Characters that would end a word, a mount option or an expansion, or be read as something else. */
const needsCare = /[\s"'$\\`,{}]/;

/**
 * Where a reference is written. A reference that an ARG default holds whole is changed in that default; one that is put
 * together from parts is not changed at all, for a digest in a part would get into every text that has it.
 */
export function siteOf(expansion: Expansion, role: ImageRole): Site {
  const { origin, text, written } = expansion;
  const { span } = written;
  const isInside = origin !== null && contains(written, origin.place);
  const isHere = isInside && text === written.text;
  return {
    value: written.text,
    span,
    verbatim: isHere ? span : null,
    /** The default that supplies the reference, and the other instructions it supplies. */
    get seenFrom() {
      if (!origin || isHere) return [];
      const readers = origin.readers.filter(({ start }) => start !== span.start);
      return isInside ? readers : [origin.place.span, ...readers];
    },
    replace(value): Edits {
      if (!origin) return refuse(whyNoOrigin(expansion, role));
      if (origin.partOf) return refuse(whyShared(origin.place, origin.partOf));
      if (needsCare.test(value)) return refuse('The new text would need quotes or escapes here.');
      return [smallestEdit(origin.place.span.start, origin.place.text, value)];
    },
  };
}

const contains = (outer: MappedText, inner: MappedText): boolean =>
  outer.span.start <= inner.span.start && inner.span.end <= outer.span.end;

function whyNoOrigin({ holes, variables, written }: Expansion, role: ImageRole): string {
  if (variables.length === 0) {
    return `\`${written.text}\` is written with quotes or escapes inside it, or over several lines: write it as one plain word first.`;
  }
  if (role !== 'base') {
    return 'Variables are not expanded here: name the image in a FROM of its own, and take the files from that stage.';
  }
  const names = variables.join(' and ');
  return holes.length > 0
    ? `The value of ${names} is not in this file: give an ARG before the first FROM the whole reference as its default, and use that ARG here.`
    : `\`${written.text}\` is put together from ${names}, and a digest in a part of it would spread to other texts: give one ARG the whole reference as its default, and use that ARG here.`;
}

const whyShared = ({ text }: Origin['place'], partOf: MappedText): string =>
  `\`${text}\` is also a part of \`${partOf.text}\`, which the change would break: give this reference an ARG of its own.`;
