import type { Setting } from '../../model/setting.ts';
import { type Edits, refuse } from '../../text/edit.ts';
import { appendItems, setIn } from '../../yaml/insert.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { siteOf } from '../../yaml/site.ts';
import { decidedElsewhere, interpolate, type Values } from './interpolate.ts';
import type { Layer } from './layer.ts';
import { elsewhere, replacesAll, type ServicePlace } from './settings.ts';

/** An item of `security_opt` that speaks about new privileges. */
interface Option {
  readonly item: YamlValue;
  /** Undefined where a variable decides. */
  readonly forbids: boolean | undefined;
}

/** Whether a process may get more privileges than its parent: `no-new-privileges` among `security_opt` forbids it. */
export function readPrivilegeEscalation(place: ServicePlace): Setting<boolean> {
  const { keySpan, layers, project, whole } = place;
  const { values } = project;
  const replaced = replacesAll(layers.later?.find('security_opt'));
  if (replaced || optionsOf(layers.later, values).length > 0) return elsewhere(keySpan, project);
  const own = optionsOf(layers.own, values).at(-1);
  const set = (allowed: boolean): Edits => setOption(place, own?.item, !allowed);
  if (own) {
    const { forbids, item } = own;
    return {
      value: forbids === undefined ? undefined : !forbids,
      origin: forbids === undefined ? 'unknown' : item.merged ? 'merged' : 'explicit',
      underline: item.span,
      set,
    };
  }
  const isSeen = whole && optionsOf(layers.earlier, values).length === 0;
  return {
    value: isSeen ? true : undefined,
    origin: isSeen ? 'default' : 'unknown',
    underline: keySpan,
    set,
  };
}

const optionsOf = (layer: Layer | null, values: Values): readonly Option[] =>
  (layer?.all('security_opt') ?? [])
    .flatMap((list) => list.items())
    .flatMap((item) => {
      const option = readOption(item, values);
      return option ? [option] : [];
    });

/** `no-new-privileges`, alone or with a value behind a colon or an equals sign; any other option is null. */
function readOption(item: YamlValue, values: Values): Option | null {
  const { holes, text } = interpolate(item.text ?? '', values);
  if (holes.length > 0) return { item, forbids: undefined };
  const value = /^no-new-privileges(?:[:=](.*))?$/s.exec(text);
  if (!value) return null;
  return { item, forbids: value[1] === undefined || /^(?:1|t|true)$/i.test(value[1]) };
}

function setOption({ project, service }: ServicePlace, item: YamlValue | undefined, forbids: boolean): Edits {
  const option = `no-new-privileges:${forbids}`;
  if (item) {
    if (item.merged || item.isShared)
      return refuse(
        'This option is shared through an alias, a merge key or `extends`; change it where it is defined.',
      );
    const locked = decidedElsewhere(interpolate(item.text ?? '', project.values));
    return siteOf(item, { locked })?.replace(option) ?? refuse('There is no text here to change.');
  }
  const list = service.get('security_opt');
  if (list?.type === 'sequence') return appendItems(list, [option]);
  return setIn(service, ['security_opt'], [option], { after: ['read_only', 'image', 'build'] });
}
