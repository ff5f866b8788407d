import type { Command, Script, Word } from '../../model/script.ts';
import { type Call, grammar, type Option, readCall } from '../../packages/call.ts';
import { packageCalls } from '../../packages/index.ts';
import { type Span, span } from '../../text/span.ts';
import { isLocalAddress } from './files.ts';
import { checkOf } from './integrity-checks.ts';
import { addressesOf, downloadCall, isDownload } from './programs.ts';
import { sparedIfEmpty } from './remembered.ts';
import { writtenBy } from './written.ts';

/** What is not checked any more: who signed a package, whose certificate a server shows, or whether a Go module is what it was for others. */
export type Check = 'signature' | 'certificate' | 'checksum';

/** Something that switches a check off. */
export interface Bypass {
  /** As it is written: `--nogpgcheck`, `NODE_TLS_REJECT_UNAUTHORIZED=0`. */
  readonly name: string;
  readonly check: Check;
  /** The program it is told to; empty where it is a setting for whatever runs later. */
  readonly program: string;
  readonly span: Span;
  /** The option that can be taken off, with all the command's words; null where it is anything else. */
  readonly option: { readonly written: Option; readonly command: Command } | null;
}

/** What a script switches off. */
export const bypassesOf = sparedIfEmpty((script: Script): readonly Bypass[] => {
  const commands = script.commands();
  // Nothing else matters for what is compared with a checksum or a signature.
  const isVerified = commands.some(verifies);
  const isWritten = writtenBy(commands);
  return commands.flatMap((command) => {
    const isChecked = isVerified && (isDownload(command) || installsFile(command));
    const options = isChecked ? [] : optionBypasses(command);
    const words = new Set(options.flatMap(({ option }) => option?.written.words ?? []));
    return [
      ...options,
      ...settingBypasses(command, words),
      ...(isWritten(command) ? textBypasses(command) : []),
    ];
  });
});

/** An environment variable, or a setting of that name, which switches a check off; null where it does not. */
export function checkOffBy(name: string, value: string): Check | null {
  // A variable may be empty, or switch the check on.
  if (name.length > 200 || value.length > 1000 || value.includes('$')) return null;
  const found = settings.find((setting) => setting.name.test(name) && setting.off.test(value));
  return found && !isLocalAddress(value) ? found.check : null;
}

const installsFile = ({ words }: Command): boolean =>
  words.some(({ text }) => /^[^-].*\.(?:apk|deb|rpm)$/.test(text.slice(0, 300)));

const verifies = (command: Command): boolean => checkOf(command) !== null;

/** Programs other than package managers, with the options that switch a check off. */
const programs: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    curl: '-k --insecure --proxy-insecure --doh-insecure',
    wget: '--no-check-certificate --check-certificate=off --check-certificate=quiet',
    aria2c: '--check-certificate=false',
    helm: '--insecure-skip-tls-verify',
    kubectl: '--insecure-skip-tls-verify --insecure-skip-tls-verify=true',
    oc: '--insecure-skip-tls-verify --insecure-skip-tls-verify=true',
    skopeo: '--tls-verify=false --src-tls-verify=false',
    podman: '--tls-verify=false',
    buildah: '--tls-verify=false',
    http: '--verify=no --verify=false',
    https: '--verify=no --verify=false',
    'ansible-galaxy': '--ignore-certs --disable-gpg-verify',
    svn: '--trust-server-cert',
  }).map(([name, options]) => [name, new Set(options.split(' '))]),
);

const plain = grammar('');

function optionBypasses(command: Command): readonly Bypass[] {
  const program = command.name;
  const download = downloadCall(command);
  if (download && addressesOf(download).length > 0 && addressesOf(download).every(isLocalAddress)) return [];
  const own = programs.get(program);
  const calls: readonly { readonly call: Call; readonly unchecked: ReadonlySet<string> }[] = own
    ? [{ call: download ?? readCall(command.words, plain), unchecked: own }]
    : packageCalls(command)
        // What `rpm` only asks for, or compares with what is there, brings nothing in.
        .filter(({ call, manager }) => manager.verbByOptions?.(call) !== null)
        .map(({ call, manager }) => ({ call, unchecked: manager.unchecked }));
  const found = new Map<string, Bypass>();
  for (const { call, unchecked } of calls) {
    for (const written of call.options) {
      const { name, value, words } = written;
      const [first] = words;
      const last = words.at(-1);
      const whole = value === null || words.length > 1 ? name : `${name}=${value}`;
      if (!first || !last || !(unchecked.has(name) || unchecked.has(whole))) continue;
      if (value !== null && isLocalAddress(value)) continue;
      const at = span(first.span.start, last.span.end);
      found.set(`${at.start} ${name}`, {
        name: whole,
        check: certificateOption.test(name) ? 'certificate' : 'signature',
        program,
        span: at,
        option: { written, command },
      });
    }
  }
  return [...found.values()];
}

const certificateOption = /cert|ssl|tls|^--verify$|host$|^-k$|^--?(?:proxy-|doh-)?insecure$/;

interface SettingOff {
  readonly name: RegExp;
  readonly off: RegExp;
  readonly check: Check;
}

const no = /^(?:0|false|no|off)$/i;
const yes = /^(?:1|true|yes|on)$/i;
const something = /\S/;

/** Settings by which checks are switched off, in the environment or in a program's own configuration. */
const settings: readonly SettingOff[] = [
  { name: /^(?:npm_config_|yarn_)?strict[-_]ssl$/i, off: no, check: 'certificate' },
  { name: /^(?:enableStrictSsl|YARN_ENABLE_STRICT_SSL)$/, off: no, check: 'certificate' },
  { name: /^NODE_TLS_REJECT_UNAUTHORIZED$/, off: /^0$/, check: 'certificate' },
  { name: /^PYTHONHTTPSVERIFY$/, off: /^0$/, check: 'certificate' },
  { name: /^(?:PIP_TRUSTED_HOST|UV_INSECURE_HOST)$/, off: something, check: 'certificate' },
  { name: /^(?:global|install|user|site)\.trusted-host$/, off: something, check: 'certificate' },
  // git asks whether it is set, not to what (`http.c`).
  { name: /^GIT_SSL_NO_VERIFY$/, off: /^/, check: 'certificate' },
  { name: /^http\.(?:.*\.)?sslverify$/i, off: no, check: 'certificate' },
  { name: /^GOINSECURE$/, off: something, check: 'certificate' },
  { name: /^GOFLAGS$/, off: /(?:^|\s)-insecure(?:\s|$)/, check: 'certificate' },
  { name: /^GOSUMDB$/, off: /^off$/, check: 'checksum' },
  { name: /^(?:GONOSUMDB|GONOSUMCHECK)$/, off: /^[*1]$/, check: 'checksum' },
  { name: /^(?:ssl_verify|CONDA_SSL_VERIFY)$/, off: no, check: 'certificate' },
  { name: /^(?:ssl_verify_mode|BUNDLE_SSL_VERIFY_MODE)$/, off: /^0$/, check: 'certificate' },
  { name: /^disable-tls$/, off: yes, check: 'certificate' },
  { name: /^(?:DOTNET_NUGET_SIGNATURE_VERIFICATION)$/, off: no, check: 'signature' },
  { name: /(?:^|[.=])(?:pkg_)?gpgcheck$/, off: no, check: 'signature' },
  { name: /(?:^|[.=])sslverify$/, off: no, check: 'certificate' },
  { name: /(?:^|[.=])tsflags$/, off: /(?:^|,)nocrypto(?:,|$)/, check: 'signature' },
  { name: /Acquire::(?:.*::)?AllowInsecureRepositories$/i, off: yes, check: 'signature' },
  { name: /Acquire::(?:.*::)?AllowDowngradeToInsecureRepositories$/i, off: yes, check: 'signature' },
  { name: /APT::Get::AllowUnauthenticated$/i, off: yes, check: 'signature' },
  { name: /Acquire::(?:.*::)?Verify-(?:Peer|Host)$/i, off: no, check: 'certificate' },
];

/** Programs whose words can be a setting and its value. */
const configurable: ReadonlySet<string> = new Set(
  'npm yarn pnpm git pip pip3 composer conda mamba micromamba bundle go apt apt-get aptitude dnf yum microdnf tdnf yum-config-manager dnf-config-manager export declare typeset'.split(
    ' ',
  ),
);

/** `git config http.sslVerify false`, `dnf --setopt=gpgcheck=0`, `export NODE_TLS_REJECT_UNAUTHORIZED=0`. */
function settingBypasses(command: Command, taken: ReadonlySet<Word>): readonly Bypass[] {
  const found: Bypass[] = [];
  const add = (name: string, value: string, at: Span): boolean => {
    const check = checkOffBy(name, value);
    const shown = `${name.replace(/^set(?:opt)?=/, '')}=${value}`;
    if (check) found.push({ name: shown, check, program: '', span: at, option: null });
    return check !== null;
  };
  for (const { name, value } of command.assignments) add(name, value.text, value.span);
  if (!configurable.has(command.name)) return found;
  const { words } = command;
  for (let at = 0; at < words.length; at++) {
    const [word, next] = [words[at], words[at + 1]];
    if (!word || taken.has(word)) continue;
    const equals = word.text.lastIndexOf('=');
    if (equals < 0) {
      if (next) add(word.text, next.text, span(word.span.start, next.span.end));
      continue;
    }
    // `--strict-ssl=false` and `GOFLAGS=-mod=mod` are parted in other places.
    const first = word.text.indexOf('=');
    const name = word.text.slice(0, equals).replace(/^-{1,2}(?:o(?=[A-Z]))?/, '');
    if (add(name, word.text.slice(equals + 1), word.span) || first === equals) continue;
    add(word.text.slice(0, first), word.text.slice(first + 1), word.span);
  }
  return found;
}

/** Lines of configuration that are written by a script; `printf` may have a `\n` before them. */
const lines: readonly { readonly text: RegExp; readonly name: string; readonly check: Check }[] = [
  {
    text: /\[[^\]\n]{0,200}\btrusted=yes\b[^\]\n]{0,200}\](?!\s*(?:file|copy|cdrom):)/,
    name: '[trusted=yes]',
    check: 'signature',
  },
  { text: /^Trusted:[ \t]*yes\b/im, name: 'Trusted: yes', check: 'signature' },
  {
    text: /(?:(?<![\w.=-])|(?<=\\[nt]))(?:pkg_)?gpgcheck[ \t]?=[ \t]?(?:0|no|false|off)\b/i,
    name: 'gpgcheck=0',
    check: 'signature',
  },
  {
    text: /(?:(?<![\w.=-])|(?<=\\[nt]))sslverify[ \t]?=[ \t]?(?:0|no|false|off)\b/,
    name: 'sslverify=0',
    check: 'certificate',
  },
  {
    text: /(?:(?<![\w-])|(?<=\\[nt]))strict-ssl[ \t]?=[ \t]?false\b/,
    name: 'strict-ssl=false',
    check: 'certificate',
  },
  {
    text: /(?:(?<![\w-])|(?<=\\[nt]))check[-_]certificate[ \t]?=[ \t]?off\b/,
    name: 'check_certificate=off',
    check: 'certificate',
  },
  {
    text: /\bAllowInsecureRepositories[ \t]?"?(?:true|1|yes)\b/i,
    name: 'AllowInsecureRepositories',
    check: 'signature',
  },
  {
    text: /\bAllowUnauthenticated[ \t]?"?(?:true|1|yes)\b/i,
    name: 'AllowUnauthenticated',
    check: 'signature',
  },
  { text: /\bVerify-Peer[ \t]?"?(?:false|0|no)\b/i, name: 'Verify-Peer', check: 'certificate' },
];

const writers: ReadonlySet<string> = new Set([
  'echo',
  'printf',
  'cat',
  'tee',
  'sed',
  'add-apt-repository',
  'apt-add-repository',
]);

/** Each kind of line once for a command that writes them. */
function textBypasses({ name, redirects, words }: Command): readonly Bypass[] {
  if (!writers.has(name)) return [];
  const texts = [
    ...words,
    ...redirects.flatMap(({ operator, target }) => (operator.includes('<<') ? target : [])),
  ];
  const found = new Map<string, Bypass>();
  for (const { span: at, text } of texts) {
    // What `sed` looks for is what it takes away.
    const written = name === 'sed' ? replacementIn(text) : text;
    if (written === null || isLocalRepository.test(written)) continue;
    for (const line of lines) {
      const match = line.text.exec(written);
      if (!match || found.has(line.name)) continue;
      const from = at.start + match.index;
      const isVerbatim = at.end - at.start === text.length && name !== 'sed';
      const where = isVerbatim ? span(from, from + match[0].length) : at;
      found.set(line.name, { name: line.name, check: line.check, program: '', span: where, option: null });
    }
  }
  return [...found.values()];
}

const isLocalRepository = /^\s*baseurl[ \t]?=[ \t]?file:/m;

/** What `s/old/new/` puts in, or the whole text of what is no substitution; null where it cannot be told. */
function replacementIn(text: string): string | null {
  const mark = /^[^a-z]*s([^\w\s\\])/.exec(text);
  if (!mark) return /s[/|#,]/.test(text) ? null : text;
  const [, , replacement] = text.slice(mark[0].length - 2).split(mark[1] ?? '/');
  return replacement ?? null;
}
