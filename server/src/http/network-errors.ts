import type { LookupFailure } from '../engine/ports.ts';

/** What helps against trouble on the way, in the words of where Holdfast runs. Whole sentences, where nothing else is said. */
export interface Advice {
  /** A certificate that somebody signed whom this computer does not know. */
  readonly certificate: string;
  /** A proxy that wants to know who asks. */
  readonly proxySignIn: string;
  /** A host that cannot be found or reached, where a proxy may be what is missing, or what is in the way. */
  readonly proxy: string;
  /** What decides which proxy is used, as a part of a sentence. */
  readonly proxySettings: string;
  /** Where registries are named, as a part of a sentence. */
  readonly registries: string;
  /** How requests are allowed again once they are switched off. */
  readonly online: string;
  /** What to sign in with, as a part of a sentence. `login`: how Docker does it. */
  signIn(login: string): string;
}

/** In editors that start the language server themselves. */
export const nodeAdvice: Advice = {
  certificate:
    "If it is your company's own, name the file of its CA in NODE_EXTRA_CA_CERTS, or put it where Docker looks for it, as ~/.docker/certs.d/HOST:PORT/ca.crt, and start again.",
  proxySignIn: 'Put user name and password into HTTPS_PROXY, as in http://user:password@proxy:3128.',
  proxy: 'Check the name, the network, and whether HTTPS_PROXY and NO_PROXY fit.',
  proxySettings: 'HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY',
  registries: 'under `registries` in .holdfast.yaml',
  online: 'Switch the setting holdfast.offline off to ask again.',
  signIn: (login) => login,
};

/** On the command line. */
export const cliAdvice: Advice = { ...nodeAdvice, online: 'Leave out --offline to ask again.' };

/** In VS Code, which makes the connections itself. */
export const vscodeAdvice: Advice = {
  certificate:
    "If it is your company's own, add its CA to the certificates of this system, with the setting http.systemCertificates on, and restart VS Code.",
  proxySignIn:
    'Sign in when VS Code asks, or put user name and password into the setting http.proxy, as in http://user:password@proxy:3128.',
  proxy: 'Check the name, the network, and the settings http.proxy, http.noProxy and http.proxySupport.',
  proxySettings: 'the settings http.proxy, http.noProxy and http.proxySupport',
  registries: 'in the setting holdfast.registries',
  online: 'Switch the setting holdfast.offline off to ask again.',
  signIn: (login) => `the command "Holdfast: Sign In to Registry", or with ${login}`,
};

/** Why a request got no answer. The message never quotes the request. */
export class TransportError extends Error {
  /** Node's name for the fault (`ECONNREFUSED`), one of {@link faults}, or empty. */
  readonly code: string;

  constructor(code: string) {
    super(`The request failed${code ? ` (${code})` : ''}.`);
    this.name = 'TransportError';
    this.code = code;
  }
}

/** Faults that Node has no name for. */
export const faults = {
  /** The host's name leads to an address that the request may not go to. */
  address: 'ADDRESS_REFUSED',
  /** The answer came packed (`content-encoding`) though that was not asked for, so its bytes are not the stored ones. */
  packed: 'BODY_PACKED',
  /** What came is not HTTP. */
  garbled: 'HTTP_GARBLED',
  /** The proxy wants to know who asks: status 407. */
  proxySignIn: 'PROXY_SIGN_IN',
  /** The proxy is there and does not let the request through. */
  proxyRefused: 'PROXY_REFUSED',
  /** The proxy itself cannot be found or reached, or its address makes no sense. */
  proxyLost: 'PROXY_LOST',
  /** What is set as the proxy is reached, and does not answer as a proxy does. */
  proxyOdd: 'PROXY_ODD',
  /** The proxy does not find or reach the host. */
  proxyFailed: 'PROXY_FAILED',
  /** A proxy of a kind that is not spoken here, as SOCKS. */
  proxyKind: 'PROXY_KIND',
  /** The proxy is reached over TLS, and its certificate is not accepted. */
  proxyCertificate: 'PROXY_CERTIFICATE',
} as const;

/** What a lookup that met a fault has to say for itself. */
export function failureOf(fault: string): LookupFailure {
  if (fault === faults.address) return 'refused';
  return fault === faults.packed ? 'bad-answer' : 'unreachable';
}

/** By Node's names for network faults. `host` is who was asked: the registry, its token server, or whoever it named. */
export function networkFault(host: string, fault: string, advice: Advice): string {
  return (
    proxyFault(host, fault, advice) ??
    certificateFault(host, fault, advice) ??
    connectionFault(host, fault, advice)
  );
}

function proxyFault(host: string, fault: string, advice: Advice): string | undefined {
  const { proxySettings, proxySignIn } = advice;
  switch (fault) {
    case faults.proxySignIn:
      return `The proxy on the way to ${host} wants a user name and password, or does not accept those it got. ${proxySignIn}`;
    case faults.proxyRefused:
      return `The proxy does not let requests through to ${host}. Ask whoever runs the proxy to allow it. If ${host} is inside your own network, check ${proxySettings}.`;
    case faults.proxyLost:
      return `The proxy on the way to ${host} cannot be reached as it is set. Check the network, and ${proxySettings}.`;
    case faults.proxyOdd:
      return `What is set as the proxy on the way to ${host} does not answer as a proxy does. Check ${proxySettings}.`;
    case faults.proxyFailed:
      return `The proxy finds no way to ${host}. Check the name, and that it runs. If it is inside your own network, check ${proxySettings}.`;
    case faults.proxyKind:
      return `The proxy set for ${host} is a SOCKS proxy, which Holdfast cannot use. Name an http proxy in its place, or leave ${host} out: check ${proxySettings}.`;
    case faults.proxyCertificate:
      return `The certificate of the proxy on the way to ${host} is not accepted, so nothing was sent. ${advice.certificate}`;
    default:
      return undefined;
  }
}

/** By the names of OpenSSL's `X509_STORE_CTX_get_error` as Node tells them, and of its own check of host names. */
function certificateFault(host: string, fault: string, advice: Advice): string | undefined {
  if (!isCertificateFault(fault)) return undefined;
  if (/^ERR_SSL_.*ALERT/.test(fault))
    return `${host} wants a certificate of yours, which Holdfast does not send (${fault}). Ask whoever runs it for a way to sign in with a user name.`;
  switch (fault) {
    case 'CERT_HAS_EXPIRED':
      return `The certificate of ${host} has expired. Whoever runs it has to renew it. Check the clock of this computer too.`;
    case 'CERT_NOT_YET_VALID':
      return `The certificate of ${host} is not valid yet. Check the clock of this computer; if it is right, tell whoever runs ${host}.`;
    case 'CERT_REVOKED':
      return `The certificate of ${host} has been revoked, so nothing was sent. Tell whoever runs it.`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return `The certificate of ${host} is made out for other names, so somebody else may be answering. Check the name; if it is right, whoever runs it has to get a certificate for it.`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return `The certificate of ${host} is not trusted: it is signed by nobody but itself. ${advice.certificate}`;
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_UNTRUSTED':
      return `The certificate of ${host} is not trusted: whoever signed it is not known here (${fault}). ${advice.certificate}`;
    default:
      return `The certificate of ${host} is not acceptable (${fault}), so nothing was sent. Whoever runs it has to replace it.`;
  }
}

function connectionFault(host: string, fault: string, { proxy, registries }: Advice): string {
  switch (fault) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
      return `The host ${host} cannot be found. ${proxy}`;
    case 'ECONNREFUSED':
      return `${host} refuses the connection. Check the name and the port, and that it runs.`;
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${host} cannot be reached. ${proxy}`;
    case 'EACCES':
    case 'EPERM':
      return `This computer does not let requests out to ${host}. Check its firewall.`;
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return `The connection to ${host} broke before an answer was complete. Try again. ${proxy}`;
    case faults.address:
      return `${host} leads to an address inside a private network, or to none that a service for people has. Nothing was asked there.`;
    case faults.packed:
      return `${host}, or a proxy on the way, packed its answer though it was asked not to, so its digest cannot be told. Report this to whoever runs it.`;
    case faults.garbled:
      return `${host} does not answer in HTTP. Check the name and the port.`;
    default:
      break;
  }
  if (isProtocolFault(fault))
    return `${host} does not speak TLS. If it is meant to be plain http, set \`insecure: true\` for it ${registries}.`;
  if (fault.startsWith('ERR_SSL_'))
    return `${host} and this computer have no version of TLS in common that both accept (${fault}). Report this to whoever runs it.`;
  return `The connection to ${host} broke${fault ? ` (${fault})` : ''}. Check the network, then try again.`;
}

/** The names in `x509_vfy.h` that hold no `CERT`. */
const certificateFaults: ReadonlySet<string> = new Set([
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'EE_KEY_TOO_SMALL',
  'CA_KEY_TOO_SMALL',
  'CA_MD_TOO_WEAK',
]);

export function isCertificateFault(fault: string): boolean {
  if (fault === faults.proxyCertificate) return false;
  return fault.includes('CERT') || fault.startsWith('UNABLE_TO_') || certificateFaults.has(fault);
}

/** OpenSSL's words for an answer that is no TLS. */
const noTls =
  /^ERR_SSL_(?:WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL|BAD_RECORD_TYPE|RECORD_LAYER_FAILURE)$/;

/** TLS was spoken to something that does not know it. */
export function isProtocolFault(fault: string): boolean {
  return fault === 'EPROTO' || noTls.test(fault);
}

/** The other side closed the connection without an answer, or what came was none: another attempt, or TLS, may help. */
export function isBrokenConnection(fault: string): boolean {
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', faults.garbled].includes(fault);
}

/** Another attempt may get through: a connection that broke, or one that took too long to stand. */
export const mayPass = (fault: string): boolean =>
  isBrokenConnection(fault) || fault === 'ETIMEDOUT' || fault === 'UND_ERR_CONNECT_TIMEOUT';

/** Node's name for a fault. Errors wrap the one that counts, once or more: the innermost code is the telling one. */
export function codeOf(error: unknown): string {
  return chainOf(error).reduce(
    (code, one) => ('code' in one && typeof one.code === 'string' ? one.code : code),
    '',
  );
}

/** An error and what it wraps, the outermost first. */
export function chainOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let current = error; current instanceof Error && chain.length < 5; ) {
    chain.push(current);
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return chain;
}

/** A span of time in words, rounded up. */
export function inWords(milliseconds: number): string {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  if (seconds < 100) return seconds === 1 ? 'one second' : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}
