/** One way to sign in that a server offers: RFC 9110, section 11. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Reads `WWW-Authenticate`, with several headers joined by commas. A comma stands between challenges and between
 * the parameters of one: a word without `=` begins the next challenge. Reading stops at what makes no sense.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  let parameters: Record<string, string> | undefined;
  let rest = header;
  for (;;) {
    rest = rest.replace(/^[\s,]+/, '');
    const parameter = parameters && takeParameter(rest);
    if (parameter && parameters) {
      parameters[parameter.name] ??= parameter.value;
      rest = parameter.rest;
      continue;
    }
    const scheme = /^[\w!#$%&'*+.^`|~-]+(?=[\s,]|$)/.exec(rest)?.[0];
    if (scheme === undefined) return challenges;
    parameters = {};
    challenges.push({ scheme: scheme.toLowerCase(), parameters });
    rest = skipToken68(rest.slice(scheme.length));
  }
}

function takeParameter(text: string): { name: string; value: string; rest: string } | undefined {
  const match = /^([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/.exec(text);
  if (!match?.[1]) return undefined;
  const value = match[2] === undefined ? (match[3] ?? '') : match[2].replace(/\\(.)/g, '$1');
  return { name: match[1].toLowerCase(), value, rest: text.slice(match[0].length) };
}

/** A scheme may carry one bare base64 text, as Negotiate does. */
function skipToken68(text: string): string {
  return text.replace(/^[ \t]+[\w.~+/-]+=*(?=[ \t]*(?:,|$))/, '');
}
