/** The types of unit that name images. */
export type UnitType = 'container' | 'image' | 'volume' | 'build';

/** What a path tells of a unit. */
export interface UnitName {
  readonly type: UnitType;
  /** The section that Podman reads in a unit of this type. */
  readonly section: string;
  /** In words: `container web`. */
  readonly label: string;
  /** It adds to a unit that stands in another file: `web.container.d/10-image.conf`. */
  readonly isDropIn: boolean;
}

const sections: Readonly<Record<UnitType, string>> = {
  container: 'Container',
  image: 'Image',
  volume: 'Volume',
  build: 'Build',
};

const unitFile = /(?:^|\/)([^/]*)\.(container|image|volume|build)$/;
/** Without a name it adds to all units of the type. */
const dropIn = /(?:^|\/)(?:([^/]*)\.)?(container|image|volume|build)\.d\/[^/]*\.conf$/;

/** Null for a path that is not a unit's. */
export function readUnitName(path: string): UnitName | null {
  const added = dropIn.exec(path);
  const [, name = '', type] = added ?? unitFile.exec(path) ?? [];
  if (!isUnitType(type)) return null;
  return { type, section: sections[type], label: `${type} ${name}`.trim(), isDropIn: added !== null };
}

/** For a file that is a unit whatever it is called (`web.container.j2`): the first of its sections that names images tells the type. */
export function unitNameBySection(path: string, held: Iterable<string>): UnitName | null {
  const types: readonly UnitType[] = ['container', 'image', 'volume', 'build'];
  for (const section of held) {
    const type = types.find((one) => sections[one] === section);
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/\..*$/s, '');
    if (type) return { type, section, label: `${type} ${name}`, isDropIn: false };
  }
  return null;
}

const isUnitType = (type: string | undefined): type is UnitType => type !== undefined && type in sections;
