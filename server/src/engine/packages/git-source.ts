/** What the words of `ADD` say of a git repository, as BuildKit's `ParseGitRef` reads them. */
export interface GitSource {
  readonly repository: string;
  /** Branch, tag or commit; empty for the default branch. */
  readonly ref: string;
  /** Where in the text the ref goes: from and to. It is written with a `#` before it where `hasRef` is false. */
  readonly refStart: number;
  readonly refEnd: number;
  readonly hasFragment: boolean;
  /** What is behind the `?`; empty where nothing is. */
  readonly query: string;
}

/** Whether `ADD` clones what it is given. */
export const isGitSource = (source: string): boolean =>
  /^(?:git|ssh|git\+ssh):\/\/|^[\w.-]+@[\w.-]+:(?!\/\/)/i.test(source) ||
  /^https?:\/\/[^?#]*\.git(?:[?#]|$)/i.test(source);

/** `null` for any other source. */
export function readGitSource(source: string): GitSource | null {
  if (!isGitSource(source)) return null;
  const hash = source.indexOf('#');
  const base = hash < 0 ? source : source.slice(0, hash);
  const question = base.indexOf('?');
  const repository = question < 0 ? base : base.slice(0, question);
  const refStart = hash < 0 ? source.length : hash + 1;
  const ref = /^[^:]*/.exec(source.slice(refStart))?.[0] ?? '';
  return {
    repository,
    ref,
    refStart,
    refEnd: refStart + ref.length,
    hasFragment: hash >= 0,
    query: question < 0 ? '' : base.slice(question + 1),
  };
}

/** A whole SHA-1 or SHA-256 name of a commit. */
export const isCommit = (ref: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(ref);

const longestRef = 1000;

/** A variable that may hold a commit: nothing beside it, and nothing in its name, says otherwise. */
export const mayHoldCommit = (ref: string): boolean =>
  ref.includes('$') &&
  ref.length <= longestRef &&
  /^[0-9a-f]*$/i.test(ref.replace(/\$\{[^{}]*\}|\$\w+|\$\(.*\)|`.*`/gs, '')) &&
  !/(?:^|[^a-z])(?:branch|tag)(?:[^a-z]|$)/i.test(ref);

/** What checks a repository, as BuildKit takes it: the beginning of a commit. Too little of one says nothing. */
export const isCommitStart = (checksum: string): boolean =>
  /^[0-9a-f]{7,64}$/i.test(checksum) || mayHoldCommit(checksum);

/** Cut short it still names one commit; a branch would hardly be called so. */
export const isShortCommit = (ref: string): boolean =>
  /^[0-9a-f]{7,64}$/i.test(ref) && /\d/.test(ref) && /[a-f]/i.test(ref);
