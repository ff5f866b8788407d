/** A text that variables begin, and how many characters at its end no variable has a part in. */
export interface Tailed {
  readonly written: string;
  /** With the variables put in. */
  readonly resolved: string;
  readonly tail: number;
}

/** Whether the literal end has the version, or the last part of a name that has none. */
export const holdsVersion = ({ tail, written }: Tailed): boolean =>
  tail > 0 && /[/:@]/.test(written.slice(-tail));

/**
 * What to write so that the text comes to `wanted`; null where more than its literal end would change. A digest there goes nowhere else, and
 * whatever the variables come to, it is that of this version or of none.
 */
export function rewriteTail(text: Tailed, wanted: string): string | null {
  const { resolved, tail, written } = text;
  const end = written.slice(written.length - tail);
  const before = resolved.slice(0, resolved.length - tail);
  if (!holdsVersion(text) || !resolved.endsWith(end) || !wanted.startsWith(before)) return null;
  return written.slice(0, written.length - tail) + wanted.slice(before.length);
}

/** A variable that the policy can name: of a shell, or of the settings of a repository. */
const nameable = /^\$(?:\{?[A-Za-z_]\w*(?:\}|:?\?|$)|\{\{\s*(?:vars|env)\.\w+\s*\}\})/;

/** Why an image is not pinned of which all is known but this variable; null where nobody can say what it stands for. */
export const whyNoValue = (hole: string): string | null =>
  nameable.test(hole)
    ? `${hole} has no value here: name it under \`variables\` in the policy, or give it one.`
    : null;
