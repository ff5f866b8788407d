import type { Variable } from '../../model/facts.ts';
import type { Entry } from '../../yaml/lookup.ts';
import { secretRefOf } from './secret-ref.ts';
import { textHere } from './settings.ts';
import type { ContainerPlace } from './walk.ts';

/** The environment variables of a container whose value stands in the text. */
export function readVariables(place: ContainerPlace): readonly Variable[] {
  const { container, path } = place;
  return (container.get('env')?.items() ?? []).flatMap((item) => {
    const name = item.get('name');
    const value = item.get('value');
    if (name?.text == null || value?.text == null) return [];
    const written = { key: name.text, keySpan: name.span, value };
    const variable = variableOf(written, value.text, `${path}/env/${name.text}`);
    return { ...variable, ...secretRefOf(item, name.text, place) };
  });
}

/** `text` is what the program gets. */
export const variableOf = ({ key, keySpan, value }: Entry, text: string, path: string): Variable => ({
  name: { value: key, span: keySpan, path },
  value: { value: text, span: value.span, path },
  isLiteral: textHere(value) !== null,
});
