import placeholders from './data/placeholders.json' with { type: 'json' };

/** What stands for a value by its form: a variable, a template, a blank to fill in, a row of letters. */
const template =
  /[$`]|\{\{|\}\}|<[A-Za-z][^<>]*>|^<.*>$|%\w[\w.():-]*%|^__.*__$|^@.*@$|^\[.*\]$|^\(.*\)$|^[A-Z]+(?:_[A-Z]+)+$|EXAMPLE(?:KEY)?$|(?<![A-Za-z\d])[xX]{3,}(?![A-Za-z\d])|[xX]{5,}|0123456789|abcdefgh|ABCDEFGH/;

/** Where the secret is kept, in the words of tools that fetch it. */
const elsewhere =
  /^(?:akv|arn|awssm|azurekv|bao|doppler|env|file|gcp|gcpsm|https?|op|ref\+\w+|s3|secretref|sm|ssm|vault)[:+]|^ENC\[|^~?\.{0,2}\/[\w.-]+(?:\/|$)|^[A-Z]:\\|^(?:\/[\w.-]+){2,}\/?$/;

/** Names of objects that hold secrets: `web-tls`, `regcred`. */
const objectName =
  /^[a-z][a-z\d.-]*[-.](?:auth|cert|certs|config|creds?|credentials?|keys?|pass|passwords?|secrets?|tls|tokens?)$|^regcred$/;

const defaults: ReadonlySet<string> = new Set(placeholders.defaults);
const blanks: ReadonlySet<string> = new Set(placeholders.blanks);
const descriptions: ReadonlySet<string> = new Set(placeholders.descriptions);
const words: ReadonlySet<string> = new Set([
  ...placeholders.blanks,
  ...placeholders.descriptions,
  ...placeholders.fillers,
  ...placeholders.defaults,
]);
const longestWord = Math.max(...[...words].map((word) => word.length));

const longest = { value: 10_000, looked: 300 };

/** Whether a value is one that could be kept secret: no placeholder, no switch, no number, no path, no place where it is kept. */
export function isSecretValue(value: string): boolean {
  const text = value.trim().replace(/^(['"])(.*)\1$/s, '$2');
  if (text.length < 3 || text.length > longest.value) return false;
  if (/^[\d.,:]*$|^\d+(?:ms|[smhd])$|^([^\s])\1*$|^[*.\-_#?]+$/.test(text)) return false;
  const short = text.slice(0, longest.looked);
  if (template.test(short) || elsewhere.test(short)) return false;
  if (isMadeOfWords(short)) return false;
  return isRandomInPart(short) || !(objectName.test(short) || isPlaceholder(short));
}

/** `p@ssw0rd`, written as it is read. */
const leet: ReadonlyMap<string, string> = new Map([
  ['@', 'a'],
  ['4', 'a'],
  ['3', 'e'],
  ['1', 'i'],
  ['0', 'o'],
  ['$', 's'],
  ['5', 's'],
]);

/** Nothing but words that everybody uses for this, and numbers behind them: `MyVeryStrongPassword1`, `P@ssw0rd!`. */
function isMadeOfWords(text: string): boolean {
  const end = /[\d!]+$/.exec(text)?.[0] ?? '';
  if (isLongNumber(end)) return false;
  const lower = text.toLowerCase().slice(0, text.length - end.length);
  if (defaults.has(lower)) return true;
  // `at-least-32-characters`
  const plain = lower.replace(/(?<!\d)\d{1,4}(?!\d)/g, '').replace(/[^a-z\d]/g, '');
  return isConcatenation(plain) || isConcatenation(readable(lower));
}

const readable = (lower: string): string =>
  lower.replace(/[@$\d]/g, (char) => leet.get(char) ?? char).replace(/[^a-z\d]/g, '');

/** Whether known words, one behind the other, make up the text. */
function isConcatenation(text: string): boolean {
  const reached = [true];
  for (let end = 1; end <= text.length; end++) {
    for (let size = 1; size <= Math.min(end, longestWord); size++) {
      if (!reached[end - size] || !words.has(text.slice(end - size, end))) continue;
      reached[end] = true;
      break;
    }
  }
  return text.length > 2 && reached[text.length] === true;
}

/** Words of no meaning here that may stand beside one that asks for a value, and beside one that only says what it would be. */
const mostOtherWords = { besideBlank: 3, besideDescription: 1 };

/** A few words that ask for a value, or describe it: `insert-mailgun-token-here`, `acme-secret`. */
function isPlaceholder(text: string): boolean {
  const parts = partsOf(text).filter((part) => /[a-z]/i.test(part));
  const isBlank = (part: string): boolean => blanks.has(part) || blankWithin.test(part);
  const isDescription = (part: string): boolean => descriptions.has(part) || descriptionWithin.test(part);
  const others = parts.filter(
    (part) => part.length > 2 && !words.has(part) && !isBlank(part) && !isDescription(part),
  ).length;
  const { besideBlank, besideDescription } = mostOtherWords;
  return (
    (others <= besideBlank && parts.some(isBlank)) ||
    (others <= besideDescription && parts.some(isDescription))
  );
}

/** They are known within longer words too: `mysecretkey`. */
const blankWithin = /example|change|placeholder|dummy|replace|redact|sample|insecure/;
const descriptionWithin = /pass(?:wor[dt]|phrase|wd)|secret|token/;

/** `clientSecret-8f3k` is `client`, `secret` and `8f3k`. */
const partsOf = (text: string): readonly string[] =>
  text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((part) => part !== '');

/** Whether a part of it was drawn rather than thought of: letters and digits in turn, no vowels, cases in no order. */
export function isRandomInPart(text: string): boolean {
  const parts = text.slice(0, longest.looked).split(/[^A-Za-z\d]+/);
  if (parts.filter((part) => /[a-z]/i.test(part) && /\d/.test(part)).length >= 3) return true;
  return parts.some(
    (part) =>
      part.length >= 4 &&
      (alternates(part) || isLongNumber(part) || isUnspeakable(part)) &&
      !isConcatenation(readable(part.toLowerCase())),
  );
}

const alternates = (part: string): boolean => {
  const turns = part.match(/[a-z](?=\d)|\d(?=[a-z])/gi)?.length ?? 0;
  return turns >= (part.length >= 16 ? 2 : 3);
};

/** A date is none. */
const isLongNumber = (part: string): boolean =>
  /^\d{7,}$/.test(part) && !/^(?:19|20)\d{6}$|1234|^(\d)\1*$/.test(part);

const isUnspeakable = (part: string): boolean => {
  if (part.length < 10) return false;
  const switches = part.match(/[A-Z](?=[a-z])|[a-z](?=[A-Z])/g)?.length ?? 0;
  return /[bcdfghjklmnpqrstvwxz]{6}/i.test(part) || switches > part.length / 2;
};
