import { isSecretName } from '../../text/secret-name.ts';
import { knownToken } from '../../text/token.ts';
import { isRandomInPart, isSecretValue } from './secret-value.ts';

/** What makes a named text a secret. */
export type Secret =
  /** Its name says so. */
  | { readonly by: 'name' }
  /** It has the form of a token: what kind, to begin with `a`. */
  | { readonly by: 'form'; readonly what: string }
  /** A password stands in an address. */
  | { readonly by: 'address' };

/** `isLiteral`: nothing of the value is put in elsewhere. */
export function secretIn(name: string, value: string, isLiteral: boolean): Secret | null {
  const what = knownToken(value);
  if (what !== null) return { by: 'form', what };
  if (hasPasswordInAddress(value) || hasPasswordInConnection(value)) return { by: 'address' };
  return isLiteral && isSecretName(name) && isSecretValue(value) && !repeats(value, name)
    ? { by: 'name' }
    : null;
}

/** `GOOGLE_API_KEY_VAL` and `the-api-key` only say what belongs there. */
const repeats = (value: string, name: string): boolean => {
  if (isRandomInPart(value)) return false;
  const letters = (text: string): string =>
    text
      .slice(0, 300)
      .toLowerCase()
      .replace(/[^a-z]/g, '');
  return letters(value).includes(letters(name));
};

const longestScanned = 200_000;

/** `scheme://user:password@host`, with a password that could be one. */
export function hasPasswordInAddress(text: string): boolean {
  if (!text.includes('://') || text.length > longestScanned) return false;
  for (const match of text.matchAll(/:\/\/([^\s/:@'"<>`]{0,100}):([^\s/@'"<>`:]{3,200})@([\w.[\]$-]+)/g)) {
    const [, user = '', password = '', host = ''] = match;
    if (
      isSecretValue(decoded(password)) &&
      password !== user &&
      !/(?:^|\.)example\.(?:com|org|net)$/.test(host)
    )
      return true;
  }
  return false;
}

const longestConnection = 2000;
const connection = /(?:^|;)\s*(?:server|data source|host|addr(?:ess)?|user id|uid)\s*=|:\/\//i;

/** `Server=db;User Id=app;Password=…` of ADO.NET and ODBC, `jdbc:…?user=app&password=…`. */
export function hasPasswordInConnection(text: string): boolean {
  if (text.length > longestConnection || text.includes('\n') || !connection.test(text)) return false;
  const password = /(?:^|[;?&])\s*(?:password|pwd)\s*=\s*([^;&\s'"]{3,200})/i.exec(text)?.[1];
  const user = /(?:^|[;?&])\s*(?:user(?:name| id)?|uid)\s*=\s*([^;&\s'"]{1,200})/i.exec(text)?.[1];
  return password !== undefined && password !== user && isSecretValue(decoded(password));
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}
