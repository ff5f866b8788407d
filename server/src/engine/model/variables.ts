/** Values that the policy gives to variables which no file sets, by name. */
export type Variables = ReadonlyMap<string, string>;

export const noVariables: Variables = new Map();
