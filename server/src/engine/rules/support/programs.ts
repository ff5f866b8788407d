import type { Command, Word } from '../../model/script.ts';
import { shells } from '../../model/shells.ts';
import { type Call, grammar, readCall } from '../../packages/call.ts';

const curl = grammar(
  '-o -H -d -u -x -X -A -b -c -C -D -e -E -F -K -m -P -Q -r -t -T -U -w -y -Y -z --output --header --data --data-raw --data-ascii --data-binary --data-urlencode --user --proxy --request --user-agent --cookie --cookie-jar --continue-at --dump-header --referer --cert --key --cacert --capath --crlfile --form --form-string --config --max-time --connect-timeout --retry --retry-delay --retry-max-time --range --upload-file --write-out --url --url-query --output-dir --resolve --connect-to --interface --limit-rate --proto --proto-default --proto-redir --tls-max --ciphers --curves --unix-socket --proxy-user --max-redirs --max-filesize --speed-limit --speed-time --noproxy --oauth2-bearer --json --create-file-mode --dns-servers --aws-sigv4 --stderr --trace --trace-ascii --netrc-file --pinnedpubkey --cert-type --key-type --pass --socks4 --socks5 --socks5-hostname --preproxy --time-cond --parallel-max --keepalive-time',
);

const wget = grammar(
  '-O -o -a -P -e -t -T -U -w -Q -i -B -A -R -D -I -X -l --output-document --output-file --append-output --directory-prefix --execute --tries --timeout --connect-timeout --read-timeout --dns-timeout --user-agent --wait --waitretry --quota --input-file --base --accept --reject --domains --header --user --password --http-user --http-password --post-data --post-file --body-data --method --referer --certificate --private-key --ca-certificate --ca-directory --load-cookies --save-cookies --progress --level --limit-rate --max-redirect --secure-protocol --config --cut-dirs --bind-address',
);

const git = grammar(
  '-C -c --git-dir --work-tree --namespace --config --config-env -b --branch --depth -o --origin -u --upload-pack --reference --reference-if-able --shallow-since --shallow-exclude -j --jobs --filter --separate-git-dir --template --server-option',
);

/** What `curl` and `wget` are asked for; null of any other program. */
export function downloadCall({ name, words }: Command): Call | null {
  if (name === 'curl') return readCall(words, curl);
  return name === 'wget' ? readCall(words, wget) : null;
}

/** The addresses of a download. */
export const addressesOf = ({ operands, options }: Call): readonly string[] => [
  ...operands.map(({ text }) => text),
  ...options.flatMap(({ name, value }) => (name === '--url' && value !== null ? value : [])),
];

export const gitCall = ({ name, words }: Command): Call | null =>
  name === 'git' ? readCall(words, git) : null;

const interpreters: ReadonlySet<string> = new Set(['python', 'perl', 'ruby', 'node', 'php']);

/** The download whose outcome a command runs: `curl … | sh`, `bash <(curl …)`, `eval "$(curl …)"`. */
export function runDownload(command: Command): Command | null {
  const { name, pipedFrom, words } = command;
  const first = words[0]?.text ?? '';
  const piped = pipedFrom.find(isDownload) ?? null;
  if (shells.has(name)) {
    if (piped && words.every(({ text }) => text.startsWith('-'))) return piped;
    if (piped && words.some(({ text }) => /^-[a-z]*s$/.test(text))) return piped;
    return words.map(downloadIn).find((found) => found !== null) ?? null;
  }
  if (piped && name.length < 20 && interpreters.has(name.replace(/[\d.]+$/, ''))) {
    return first === '' || first === '-' ? piped : null;
  }
  if (name !== 'eval' && name !== '.' && name !== 'source') return null;
  return words.flatMap(({ substitutions }) => substitutions).find(isDownload) ?? null;
}

export const isDownload = ({ name }: Command): boolean => name === 'curl' || name === 'wget';

/** A shell runs a file that a substitution stands for; what it puts into another word is text. */
const downloadIn = ({ substitutions, text }: Word): Command | null =>
  text.startsWith('<(') ? (substitutions.find(isDownload) ?? null) : null;
