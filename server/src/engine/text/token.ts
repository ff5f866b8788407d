/** Tokens that services hand out, by the form they give them. What each is called goes on from `a`. */
const forms: readonly (readonly [what: string, mark: string, form: RegExp])[] = [
  ['GitHub token', 'gh', /\bgh[pousr]_([A-Za-z0-9]{36})\b/],
  ['GitHub token', 'github_pat_', /\bgithub_pat_([A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b/],
  ['GitLab token', 'glpat-', /\bglpat-([\w-]{20,64})(?![\w-])/],
  ['key of AWS', 'IA', /\b(?:AKIA|ASIA)([A-Z2-7]{16})\b/],
  ['Slack token', 'xox', /\bxox[abeprs]-((?:\d+-)*[A-Za-z0-9-]{10,200})/],
  [
    'Slack webhook',
    'hooks.slack.com',
    /hooks\.slack\.com\/services\/T[A-Z0-9]{6,}\/B[A-Z0-9]{6,}\/([A-Za-z0-9]{20,})/,
  ],
  ['Stripe key', 'k_live_', /\b[rs]k_live_([A-Za-z0-9]{20,200})\b/],
  ['Google API key', 'AIza', /\bAIza([\w-]{35})(?![\w-])/],
  ['npm token', 'npm_', /\bnpm_([A-Za-z0-9]{36})\b/],
  ['PyPI token', 'pypi-', /\bpypi-AgE([\w-]{50,300})/],
  ['Docker Hub token', 'dckr_', /\bdckr_[po]at_([\w-]{27,64})/],
  ['SendGrid key', 'SG.', /\bSG\.([\w-]{22}\.[\w-]{43})(?![\w-])/],
  ['Shopify token', 'shp', /\bshp(?:at|ca|pa|ss)_([a-fA-F0-9]{32})\b/],
  ['Hugging Face token', 'hf_', /\bhf_([A-Za-z]{34})\b/],
  ['Vault token', 'hvs.', /\bhvs\.([\w-]{24,200})/],
  ['DigitalOcean token', 'dop_v1_', /\bdop_v1_([a-f0-9]{64})\b/],
  ['key of Anthropic', 'sk-ant-', /\bsk-ant-([\w-]{40,200})/],
  ['key of OpenAI', 'sk-', /\bsk-(?:proj|svcacct)-([\w-]{40,250})/],
  ['key of age', 'AGE-SECRET-KEY-1', /\bAGE-SECRET-KEY-1([A-Z0-9]{58})\b/],
];

/** Followed by more than a line: a mention of the header is no key. */
const privateKey =
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\s|\\n)+(?:[\w-]+:[^\n]*\n\s*)*([A-Za-z0-9+/=]{32,})/;

/** Longer texts are files rather than something that a person wrote. */
const longest = 200_000;

/** The first token in a text, by what it is called; null where none is. What only looks like one (`ghp_xxx…`, `…EXAMPLE`) is none. */
export function knownToken(text: string): string | null {
  if (text.length < 20 || text.length > longest) return null;
  for (const [what, mark, form] of forms) {
    if (text.includes(mark) && isRandom(form.exec(text)?.[1])) return what;
  }
  return text.includes('PRIVATE KEY') && isRandom(privateKey.exec(text)?.[1]) ? 'private key' : null;
}

/** The marks of tokens, followed by nearly as much as each service puts there, in whatever characters. */
const marked = new RegExp(
  `(?<![A-Za-z0-9])(?:${[
    'gh[pousr]_[A-Za-z0-9]{16,}',
    'github_pat_\\w{16,}',
    'gl(?:pat|rt|dt|ptt|ft|soat|cbt|imt|agent|oas)-[\\w-]{16,}',
    'xox[abeprs]-[\\w-]{10,}',
    '[rs]k_(?:live|test)_[A-Za-z0-9]{16,}',
    'npm_[A-Za-z0-9]{30,}',
    'pypi-AgE[\\w-]{16,}',
    'dckr_[po]at_[\\w-]{16,}',
    'shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}',
    'hf_[A-Za-z]{30,}',
    'hvs\\.[\\w-]{20,}',
    'do[opr]_v1_[a-f0-9]{32,}',
    'sk-(?:ant|proj|svcacct)-[\\w-]{20,}',
    '(?:AKIA|ASIA)[A-Z0-9]{16}',
    'AIza[\\w-]{30,}',
    'SG\\.[\\w-]{16,}\\.',
    'eyJ[\\w-]{16,}\\.',
    'AGE-SECRET-KEY-1',
  ].join('|')})`,
);

/**
 * Whether a text that goes to another machine may carry a token. Wider than {@link knownToken}: examples count, as they only look like
 * tokens to those who know them.
 */
export const hasTokenForm = (text: string): boolean => marked.test(text.slice(0, longest));

/** Letters of both cases with digits, in one go and at random: nothing that people call a version. Commits are of one case. */
export function isRandomText(text: string): boolean {
  if (text.length < 20 || text.length > longest) return false;
  const longestRun = text
    .split(/[^A-Za-z0-9]+/)
    .reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longestRun.length < 16 || !/[a-z]/.test(longestRun) || !/[A-Z]/.test(longestRun)) return false;
  return /\d/.test(longestRun) && bitsPerCharacter(longestRun) >= 3.3;
}

/** Shannon's entropy of a text by its own frequencies. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  );
}

/** Enough different characters, and not those of an example. */
function isRandom(body: string | undefined): boolean {
  if (body === undefined || /example|x{6}|0{6}|1234567|abcdef|fake|dummy|test/i.test(body)) return false;
  return new Set(body).size >= Math.min(10, body.length / 2);
}
