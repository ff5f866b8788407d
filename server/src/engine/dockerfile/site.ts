import type { ImageRole } from '../model/facts.ts';
import type { Site } from '../model/site.ts';
import { type Edits, refuse, smallestEdit } from '../text/edit.ts';
import type { MappedText } from '../text/mapped-text.ts';
import type { Expansion, Origin } from './expand.ts';
import type { ArgumentReader } from './readers.ts';

/** Characters that would end a word, a mount option or an expansion, or be read as something else. */
const needsCare = /[\s"'$\\`,{}]/;

/** Finds who else gets the value of an argument. */
export type FindReader = (names: ReadonlySet<string>) => ArgumentReader | undefined;

/**
 * Where a reference is written. A reference that an ARG default holds whole is changed in that default, unless something else reads it; of
 * one that is put together only a literal version at its end is changed, for a digest in another part would get into every text that has it.
 */
export function siteOf(
  expansion: Expansion,
  role: ImageRole,
  findReader: FindReader = () => undefined,
): Site {
  const { holes, origin, text, written } = expansion;
  const { span } = written;
  const isInside = origin !== null && contains(written, origin.place);
  const isHere = isInside && text === written.text;
  return {
    value: written.text,
    span,
    verbatim: isHere && written.isVerbatim ? span : null,
    /** The default that supplies the reference, and the other instructions it supplies. */
    get seenFrom() {
      if (!origin || isHere) return [];
      const readers = origin.readers.filter(({ start }) => start !== span.start);
      return isInside ? readers : [origin.place.span, ...readers];
    },
    replace(value): Edits {
      if (!origin || holes.length > 0) return refuse(whyNotKnown(expansion, role));
      const { names, partOf, place } = origin;
      // An open quote is no part of the word, and stands within its place.
      if (!place.isVerbatim) return refuse(whyNotKnown({ ...expansion, variables: [] }, role));
      if (partOf) return refuse(whyShared(place, partOf));
      const reader = findReader(names);
      if (reader) return refuse(whyRead(reader), reader.span);
      const before = text.slice(0, text.length - place.text.length);
      if (!value.startsWith(before)) return refuse(whyNotKnown(expansion, role));
      const wanted = value.slice(before.length);
      if (needsCare.test(wanted)) return refuse('The new text would need quotes or escapes here.');
      return [smallestEdit(place.span.start, place.text, wanted)];
    },
  };
}

const contains = (outer: MappedText, inner: MappedText): boolean =>
  outer.span.start <= inner.span.start && inner.span.end <= outer.span.end;

function whyNotKnown({ holes, origin, variables, written }: Expansion, role: ImageRole): string {
  if (variables.length === 0) {
    return `\`${written.text}\` is written with quotes or escapes inside it, or over several lines: write it as one plain word first.`;
  }
  if (role !== 'base') {
    return 'Variables are not expanded here: name the image in a FROM of its own, and take the files from that stage.';
  }
  const names = variables.join(' and ');
  if (holes.length > 0) {
    const why = `The value of ${names} is not in this file`;
    return origin
      ? `${why}: name it under \`variables\` in the policy, or give its ARG a default.`
      : `${why}: give an ARG before the first FROM the whole reference as its default, and use that ARG here.`;
  }
  return `\`${written.text}\` is put together from ${names}, and a digest in a part of it would spread to other texts: give one ARG the whole reference as its default, and use that ARG here.`;
}

const whyShared = ({ text }: Origin['place'], partOf: MappedText): string =>
  `\`${text}\` is also a part of \`${partOf.text}\`, which the change would break: give this reference an ARG of its own.`;

const whyRead = ({ argument, keyword }: ArgumentReader): string =>
  `Another line reads \`${argument}\` too (${keyword}), where a digest may not be wanted: give this reference an ARG of its own.`;
