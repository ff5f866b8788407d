/** What helps against trouble on the way, in the words of where Holdfast runs. Whole sentences. */
export interface Advice {
  /** A certificate that is not trusted. */
  readonly certificate: string;
  /** A proxy that wants to know who asks. */
  readonly proxySignIn: string;
  /** A host that cannot be found or reached, where a proxy may be what is missing, or what is in the way. */
  readonly proxy: string;
}

/** On the command line, and in editors that start the language server themselves. */
export const nodeAdvice: Advice = {
  certificate:
    "If it is your company's own, add its CA to the certificates of this system, or name its file in NODE_EXTRA_CA_CERTS, and start again.",
  proxySignIn: 'Put user name and password into HTTPS_PROXY, as in http://user:password@proxy:3128.',
  proxy: 'Check the name, the network, and whether HTTPS_PROXY and NO_PROXY fit.',
};

/** In VS Code, which makes the connections itself. */
export const vscodeAdvice: Advice = {
  certificate:
    "If it is your company's own, add its CA to the certificates of this system, with the setting http.systemCertificates on, and restart VS Code.",
  proxySignIn:
    'Put user name and password into the setting http.proxy, as in http://user:password@proxy:3128.',
  proxy: 'Check the name, the network, and the settings http.proxy and http.noProxy.',
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
  /** The proxy wants to know who asks: status 407. */
  proxySignIn: 'PROXY_SIGN_IN',
  /** The proxy is there and does not let the request through. */
  proxyRefused: 'PROXY_REFUSED',
  /** The proxy itself cannot be found or reached, or its address makes no sense. */
  proxyLost: 'PROXY_LOST',
} as const;

/** By Node's names for network faults. `host` is who was asked: the registry, its token server, or whoever it named. */
export function networkFault(host: string, fault: string, advice: Advice): string {
  if (fault === 'ENOTFOUND' || fault === 'EAI_AGAIN' || fault === 'EAI_FAIL') {
    return `The host ${host} cannot be found. ${advice.proxy}`;
  }
  if (fault === 'ECONNREFUSED')
    return `${host} refuses the connection. Check the name and the port, and that it runs.`;
  if (
    fault === 'UND_ERR_CONNECT_TIMEOUT' ||
    fault === 'ETIMEDOUT' ||
    fault === 'EHOSTUNREACH' ||
    fault === 'ENETUNREACH'
  ) {
    return `${host} cannot be reached. ${advice.proxy}`;
  }
  if (fault === faults.address)
    return `${host} leads to an address inside a private network, or to none that a service for people has. Nothing was asked there.`;
  if (fault === faults.proxySignIn)
    return `The proxy on the way to ${host} wants a user name and password. ${advice.proxySignIn}`;
  if (fault === faults.proxyRefused)
    return `The proxy does not let requests through to ${host}. Ask whoever runs the proxy to allow it. ${advice.proxy}`;
  if (fault === faults.proxyLost) return `The proxy on the way to ${host} cannot be reached. ${advice.proxy}`;
  if (isCertificateFault(fault)) {
    return `The certificate of ${host} is not trusted (${fault}). ${advice.certificate}`;
  }
  if (isProtocolFault(fault))
    return `${host} does not speak TLS. If it is meant to be plain http, set \`insecure: true\` for it in the registries setting.`;
  return `The connection to ${host} broke${fault ? ` (${fault})` : ''}. Check the network, then try again.`;
}

export function isCertificateFault(fault: string): boolean {
  return fault.includes('CERT') || fault.startsWith('UNABLE_TO_');
}

/** TLS was spoken to something that does not know it. */
export function isProtocolFault(fault: string): boolean {
  return (fault.startsWith('ERR_SSL_') || fault === 'EPROTO') && !isCertificateFault(fault);
}

/** The other side closed the connection without an answer. */
export function isBrokenConnection(fault: string): boolean {
  return fault === 'ECONNRESET' || fault === 'EPIPE' || fault === 'UND_ERR_SOCKET';
}

/** A span of time in words, rounded up. */
export function inWords(milliseconds: number): string {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  if (seconds < 100) return seconds === 1 ? 'one second' : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}
