import type { ImageUse } from '../../model/facts.ts';
import { mayFollow } from '../../yaml/aliased.ts';
import type { Entry, YamlValue } from '../../yaml/lookup.ts';
import { PartedUses } from '../../yaml/parted-uses.ts';
import { ImageUses } from '../../yaml/uses.ts';
import { type InlineReading, namesVersion, readText } from './inline.ts';
import {
  isImage,
  type Parts,
  pinParts,
  type Registries,
  readMap,
  readSiblings,
  registriesOf,
} from './parts.ts';

/** Every image that the values give to a chart's templates, in the order of the text. */
export function readValues(root: YamlValue | null): readonly ImageUse[] {
  if (!root) return [];
  const walk = new Walk(registriesOf(root));
  walk.visit(root, [], 'other', 0);
  return walk.all;
}

/** What a value is by the keys above it: the value of `image`, one of several under `images`, an item of a list, or anything else. */
type Place = 'image' | 'images' | 'member' | 'item' | 'other';

/** Values nested deeper hold no images that people wrote. */
const deepest = 48;

/** The mapping an entry stands in, and the keys that lead to the entry. */
interface Around {
  readonly map: YamlValue;
  readonly keys: readonly string[];
  readonly place: Place;
  readonly depth: number;
}

class Walk {
  readonly #inline = new ImageUses();
  readonly #parted = new PartedUses();
  readonly #registries: Registries;

  constructor(registries: Registries) {
    this.#registries = registries;
  }

  get all(): readonly ImageUse[] {
    return [...this.#inline.all, ...this.#parted.all].toSorted(
      (a, b) => a.site.span.start - b.site.span.start,
    );
  }

  visit(value: YamlValue, keys: readonly string[], place: Place, depth: number): void {
    if (depth > deepest) value.tree.budget.giveUp();
    if (depth > deepest || !mayFollow(value)) return;
    if (value.type === 'sequence') {
      const inner = place === 'images' ? 'member' : 'item';
      for (const [index, item] of value.items().entries())
        this.visit(item, [...keys, String(index)], inner, depth + 1);
      return;
    }
    if (value.type === 'scalar') {
      if (place === 'member') this.#addNamed(value, keys);
      return;
    }
    if (place === 'image' || place === 'member' || (place !== 'images' && isImage(value))) {
      const parts = readMap(value, this.#registries);
      if (parts) {
        this.#addParts(parts, keys);
        return;
      }
    }
    for (const entry of value.entries()) {
      this.#visitEntry(entry, { map: value, keys: [...keys, entry.key], place, depth: depth + 1 });
    }
  }

  #visitEntry({ key, value }: Entry, around: Around): void {
    const { depth, keys, place } = around;
    const isGroup = place === 'image' || place === 'images';
    if (/images$/i.test(key)) this.visit(value, keys, 'images', depth);
    else if (/image$/i.test(key)) {
      if (value.type === 'scalar') this.#addText(key, value, around);
      else this.visit(value, keys, 'image', depth);
    } else {
      const isMember = isGroup && !(value.type === 'scalar' && partKey.test(key));
      this.visit(value, keys, isMember ? 'member' : 'other', depth);
    }
  }

  /** `image: nginx:1.27.4`, or `image: nginx` beside `imageTag: 1.27.4`. */
  #addText(key: string, value: YamlValue, { keys, map, place }: Around): void {
    const text = value.text ?? '';
    const siblings = namesVersion(text) ? null : readSiblings(map, key, value, this.#registries);
    if (siblings) {
      this.#addParts(siblings, keys);
      return;
    }
    const isContainer = place === 'item' && key === 'image' && map.get('name') !== undefined;
    const read = readText(text, key, isContainer);
    if (read) this.#addInline(value, read, keys);
  }

  /** A text in a list or mapping of images: what it is called tells nothing, so it has to show a version. */
  #addNamed(value: YamlValue, keys: readonly string[]): void {
    const text = value.text ?? '';
    if (namesVersion(text)) this.#addInline(value, { resolved: text, holes: [], locked: null }, keys);
  }

  #addInline(value: YamlValue, read: InlineReading, keys: readonly string[]): void {
    this.#inline.add({ role: 'workload', value, ...read, path: value.path, owner: keys.join('.') });
  }

  #addParts(parts: Parts, keys: readonly string[]): void {
    const { holes, map, path, resolved, shown } = parts;
    this.#parted.add({
      role: 'workload',
      map,
      shown,
      resolved,
      holes,
      path,
      owner: keys.join('.'),
      pin: (digest) => pinParts(parts, digest, this.#parted),
    });
  }
}

/** Keys of an image's parts, and of what else is said of it. */
const partKey = /^(?:registry|repository|name|tag|digest|sha|.*(?:policy|secrets?|prefix|suffix))$/i;
