import type { Located, Variable } from '../../model/facts.ts';
import { span } from '../../text/span.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { mappedText } from '../../yaml/mapped.ts';
import { interpolate, type Values } from './interpolate.ts';

/** A name and its value as they are written. */
interface Written {
  readonly name: Located<string>;
  readonly value: Located<string>;
}

/** `environment` in both forms. A name without a value takes that of the shell, so nothing is written. */
export function readVariables(service: YamlValue, values: Values): readonly Variable[] {
  const environment = service.get('environment');
  const written =
    environment?.type === 'map' ? fromMap(environment) : (environment?.items() ?? []).flatMap(fromItem);
  return written.map(({ name, value }) => {
    const { text, variables } = interpolate(value.value, values);
    const isLiteral = variables.length === 0;
    return { name, value: isLiteral ? { ...value, value: text } : value, isLiteral };
  });
}

function fromMap(environment: YamlValue): readonly Written[] {
  return environment.entries().flatMap(({ key, keySpan, value }) => {
    const { path, span, text } = value;
    return text === null
      ? []
      : { name: { value: key, span: keySpan, path }, value: { value: text, span, path } };
  });
}

function fromItem(item: YamlValue): readonly Written[] {
  const text = mappedText(item);
  const equals = text?.text.indexOf('=') ?? -1;
  if (!text || equals < 0) return [];
  const { path } = item;
  const name = text.slice(0, equals);
  const value = text.slice(equals + 1);
  // An empty text stands nowhere.
  const at = value.text === '' ? span(name.span.end, name.span.end) : value.span;
  return [
    { name: { value: name.text, span: name.span, path }, value: { value: value.text, span: at, path } },
  ];
}
