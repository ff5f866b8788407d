const core = 'tag:yaml.org,2002:';

export const binaryTag = `${core}binary`;
export const booleanTag = `${core}bool`;
export const nullTag = `${core}null`;

/** Tags that every reader takes alike where they fit the value. */
export const plainTags: ReadonlySet<string> = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'timestamp', 'map', 'seq'].map((name) => `${core}${name}`),
);

/** Those of them that are for mappings and lists. */
export const collectionTags: ReadonlySet<string> = new Set([`${core}map`, `${core}seq`]);

/** Tags of numbers. */
export const numberTags: ReadonlySet<string> = new Set([`${core}int`, `${core}float`]);

/** A tag as people write it: `!!set`. */
export const shortTag = (tag: string): string => (tag.startsWith(core) ? `!!${tag.slice(core.length)}` : tag);
