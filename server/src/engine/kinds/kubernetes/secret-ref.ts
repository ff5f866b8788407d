import type { Variable } from '../../model/facts.ts';
import { type Edits, refuse } from '../../text/edit.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { renderFlow } from '../../yaml/render.ts';
import { type ContainerPlace, containerLabel } from './walk.ts';

/** How the item of `env` that gives a variable its value would read it from a Secret, named like the object it stands in. */
export function secretRefOf(
  item: YamlValue,
  variable: string,
  place: ContainerPlace,
): Pick<Variable, 'secretRef'> {
  const name = [place.object.name, place.name].find((one) => objectName.test(one));
  if (name === undefined || !secretKey.test(variable)) return {};
  return {
    secretRef: { name, key: variable, edits: () => edits(item, name, variable, containerLabel(place)) },
  };
}

/** RFC 1123 and `IsConfigMapKey` of Kubernetes. */
const objectName = /^[a-z\d](?:[a-z\d.-]{0,240}[a-z\d])?$/;
const secretKey = /^[\w.-]{1,253}$/;

/** `value: …` becomes `valueFrom: { secretKeyRef: … }`, on the same line. */
function edits(item: YamlValue, name: string, key: string, label: string): Edits {
  const entry = item.entries().find((one) => one.key === 'value');
  const scalar = entry?.value.scalar;
  if (!entry || !scalar || item.merged || item.isShared || entry.value.merged || entry.value.isShared)
    return refuse(
      `What ${label} gets here is shared through an alias or a merge key; change it where it is defined.`,
    );
  const { layout, text } = item.tree;
  if (scalar.style === 'block' || /[\r\n]/.test(text.slice(entry.keySpan.start, scalar.whole.end)))
    return refuse('The value is written over several lines; put the reference to the Secret there by hand.');
  return [
    {
      span: entry.keySpan,
      newText: text.slice(entry.keySpan.start, entry.keySpan.end).replace('value', 'valueFrom'),
    },
    { span: scalar.whole, newText: renderFlow({ secretKeyRef: { name, key } }, layout) },
  ];
}
