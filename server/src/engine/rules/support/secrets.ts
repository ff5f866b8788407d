import { isSecretName } from '../../text/secret-name.ts';
import { knownToken } from '../../text/token.ts';

/** What stands for a value, and what everybody uses: nobody takes these for a secret. */
const placeholder =
  /[$`]|\{\{|\}\}|^<|>$|%\w[\w.():-]*%|^__.*__$|^@.*@$|^\[.*\]$|^\(.*\)$|example|change[-_ ]?(?:me|it|this)|replace|your[-_ ]|^your|^my[-_]?(?:super|secret|pass|token|api|key)|placeholder|dummy|fake|redact|insert|todo|fixme|xxx|sample|^not[-_ ]?(?:set|needed|used|required|a[-_ ])|unset|unused|ignored?$|^some|^(?:super)?[-_]?secret|^(?:my|the|some|an?|db|root|admin|user|mysql|postgres|mongo|redis|super|very|secret|strong|[-_])*p[a@4][s5$][s5$]w[o0]rd[\d!]*$|^[A-Z]+(?:_[A-Z]+)+$|^pass(?:wd|phrase)?\d*$|^(?:test|demo|default|local|dev)(?:ing|elopment)?(?:[-_ ].*)?$|only[-_ ]|insecure|is[-_ ]here|[-_]here$|long-(?:and|long)|alpha-?numeric|0123456789|abcdefgh/i;

/** Nothing but words, and some of them say what should stand there: `MyVeryStrongPassword1`. */
const inWords = /^[a-z _.-]+\d*!?$/i;
const descriptive = /pass(?:word|wort|phrase)|secret|token|secure|PW\d*$/i;

/** Defaults of products, and words of every day. */
const wellKnown: ReadonlySet<string> = new Set(
  'admin administrator app api auth bar basic bearer build builder change ci client db dbpass dbuser develop docker elastic false foo foobar foofoo guest guestpass hello keycloak local minio minioadmin mongo mysql nil no none null off on oracle password postgres pwd qwerty rabbitmq redis root rootpass runner sa secret server string system temp test token true undefined user username vagrant value wordpress yes enabled disabled'.split(
    ' ',
  ),
);

/** Where the secret is kept, in the words of tools that fetch it. */
const elsewhere =
  /^(?:akv|arn|awssm|azurekv|bao|doppler|env|file|gcp|gcpsm|https?|op|ref\+\w+|s3|secretref|sm|ssm|vault)[:+]|^ENC\[|^~?\.{0,2}\/[\w.-]+(?:\/|$)|^[A-Z]:\\|^(?:\/[\w.-]+){2,}\/?$/;

/** Words with which people say what belongs in a place, or that a value is none to worry about. */
const saying =
  /pass(?:word|wort|phrase|wd)|p[a@4][s5$]{2}w[o0]rd|secret|token|secure|change|replace|example|sample|placeholder|dummy|fake|insert|your|this|that|with|must|should|some|super|very|strong|long|least|more|than|character|letter|random|value|string|string|here|jwt|hash|sign|session|api|auth|client|access|private|public|admin|user|root|test|demo|default|local|develop(?:ment)?|prod(?:uction)?|only|for|the|and|not|set|key|app|base64|encoded|bytes?|bits?|min(?:imum)?|use|real|generate|mysql|postgres|mongo|redis|my|me|in|at|of|is|to|be|it/gi;

/** Characters that are left of a value when such words are taken away: of one that was made up at random most are. */
function restOf(text: string): string {
  return text
    .replace(saying, ' ')
    .replace(/[^a-z\d]+/gi, ' ')
    .trim();
}

const sequences = /0?123456789?0?|12345678?|abcdef\w*|qwerty\w*|x{3,}/gi;

/** Whether a value is random in the main, whatever words stand in it. */
function isRandomInside(text: string): boolean {
  if (text.length < 16 || /[$`<>{}]/.test(text)) return false;
  const parts = restOf(text.replace(sequences, ' ')).split(' ');
  const turns = (part: string): number => part.match(/\d(?=[a-z])|[a-z](?=\d)/gi)?.length ?? 0;
  return parts.some((part) => part.length >= 8 && turns(part) >= 3);
}

/** Names of objects that hold secrets: `web-tls`, `regcred`. */
const objectName =
  /^[a-z][a-z\d.-]*[-.](?:auth|cert|certs|config|creds?|credentials?|keys?|pass|passwords?|secrets?|tls|tokens?)$|^regcred$/;

/** Whether a value is one that could be kept secret: no placeholder, no switch, no number, no path, no place where it is kept. */
export function isSecretValue(value: string): boolean {
  const text = value.trim().replace(/^(['"])(.*)\1$/s, '$2');
  if (text.length < 3 || text.length > 10_000) return false;
  if (/^[\d.,:]*$|^\d+(?:ms|[smhd])$|^([^\s])\1*$|^[*.\-_#?]+$/.test(text)) return false;
  const short = text.slice(0, 300);
  if (isRandomInside(short) && !elsewhere.test(short) && !objectName.test(short)) return true;
  return (
    !(inWords.test(short) && descriptive.test(short)) &&
    !placeholder.test(short) &&
    !wellKnown.has(short.toLowerCase().replace(/\d+$/, '')) &&
    !elsewhere.test(short) &&
    !objectName.test(short)
  );
}

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
