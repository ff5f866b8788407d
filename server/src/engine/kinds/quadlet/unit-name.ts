/** The types of unit that name images; a `.kube` unit names the file that does. */
export type UnitType = 'container' | 'image' | 'volume' | 'build' | 'kube';

/** What a path tells of a unit. */
export interface UnitName {
  readonly type: UnitType;
  /** The section that Podman reads in a unit of this type. */
  readonly section: string;
  /** In words: `container web`, `kube unit web`. */
  readonly label: string;
  /** It adds to a unit that stands in another file: `web.container.d/10-image.conf`. */
  readonly isDropIn: boolean;
}

const sections: Readonly<Record<UnitType, string>> = {
  container: 'Container',
  image: 'Image',
  volume: 'Volume',
  build: 'Build',
  kube: 'Kube',
};

const unitFile = /(?:^|\/)([^/]*)\.(container|image|volume|build|kube)$/;
/** Without a name it adds to all units of the type. */
const dropIn = /(?:^|\/)(?:([^/]*)\.)?(container|image|volume|build|kube)\.d\/[^/]*\.conf$/;

/** Null for a path that is not a unit's. */
export function readUnitName(path: string): UnitName | null {
  const added = dropIn.exec(path);
  const [, name = '', type] = added ?? unitFile.exec(path) ?? [];
  if (!isUnitType(type)) return null;
  return { type, section: sections[type], label: labelOf(type, name), isDropIn: added !== null };
}

/** For a file that is a unit whatever it is called (`web.container.j2`): the first of its sections that is one of ours tells the type. */
export function unitNameBySection(path: string, held: Iterable<string>): UnitName | null {
  const types: readonly UnitType[] = ['container', 'image', 'volume', 'build', 'kube'];
  for (const section of held) {
    const type = types.find((one) => sections[one] === section);
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/\..*$/s, '');
    if (type) return { type, section, label: labelOf(type, name), isDropIn: false };
  }
  return null;
}

const labelOf = (type: UnitType, name: string): string =>
  `${type === 'kube' ? 'kube unit' : type} ${name}`.trim();

const isUnitType = (type: string | undefined): type is UnitType => type !== undefined && type in sections;
