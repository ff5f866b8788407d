import { request as requestPlain } from 'node:http';
import { isIP, type LookupFunction, type Socket, connect as tcpConnect } from 'node:net';
import { type SecureContext, connect as tlsConnect } from 'node:tls';
import type { AddressPolicy } from '../engine/ports.ts';
import { onAbort } from './abort.ts';
import { classOfAddress, isWithin, type ResolveName, writtenClass } from './address.ts';
import { codeOf, faults, isCertificateFault, isProtocolFault, TransportError } from './network-errors.ts';
import { type ForwardProxy, refusalOf } from './proxies.ts';
import { nodeTimers } from './timers.ts';

/** Node gives each address of a name 250 ms before it tries the next, which slow networks do not keep. */
const tcp = { noDelay: true, autoSelectFamilyAttemptTimeout: 1_000 };

/** A place to connect to. */
export interface Place {
  /** Without the brackets of an IPv6 address, in lower case. */
  readonly hostname: string;
  readonly port: number;
}

/** Milliseconds for a connection to stand, and again for TLS. */
const patience = 10_000;

/** Connects to an address of a name that is within reach, and to no other. Rejects with a TransportError, or with the signal's reason. */
export function openDirect(
  { hostname, port }: Place,
  reach: AddressPolicy,
  resolve: ResolveName,
  signal: AbortSignal,
): Promise<Socket> {
  const lookup = lookupWithin(reach, resolve);
  return standing(() => tcpConnect({ host: hostname, port, lookup, ...tcp }), 'connect', signal);
}

/** Asks the proxy for a way through to a place. Rejects with a TransportError, or with the signal's reason. */
export async function openTunnel(
  proxy: ForwardProxy,
  { hostname, port }: Place,
  context: () => Promise<SecureContext>,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await openProxy(proxy, context, signal);
  const target = `${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${port}`;
  const { authorization } = proxy;
  const asked = requestPlain({
    method: 'CONNECT',
    path: target,
    headers: {
      host: target,
      'user-agent': 'holdfast',
      ...(authorization ? { 'proxy-authorization': authorization } : {}),
    },
    createConnection: () => socket,
  });
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      stay();
      socket.destroy();
      reject(error);
    };
    const giveUp = () => fail(signal.reason);
    const stay = onAbort(signal, giveUp);
    asked.on('error', () => fail(new TransportError(faults.proxyOdd)));
    asked.once('connect', ({ statusCode = 0 }, _, head) => {
      if (statusCode < 200 || statusCode > 299) {
        fail(new TransportError(refusalOf(statusCode)));
        return;
      }
      // Other requests may use the connection after this one.
      stay();
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    asked.end();
    if (signal.aborted) giveUp();
  });
}

/** Connects to the proxy itself. Rejects with a TransportError, or with the signal's reason. */
export async function openProxy(
  { hostname, port, secure }: ForwardProxy,
  context: () => Promise<SecureContext>,
  signal: AbortSignal,
): Promise<Socket> {
  try {
    const socket = await standing(() => tcpConnect({ host: hostname, port, ...tcp }), 'connect', signal);
    return secure ? await openTls(socket, hostname, await context(), signal) : socket;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new TransportError(faultAt(codeOf(error)));
  }
}

function faultAt(code: string): string {
  if (isCertificateFault(code)) return faults.proxyCertificate;
  return isProtocolFault(code) ? faults.proxyOdd : faults.proxyLost;
}

/** Speaks TLS over a connection. Rejects with a TransportError, or with the signal's reason. */
export async function openTls(
  socket: Socket,
  hostname: string,
  secureContext: SecureContext,
  signal: AbortSignal,
): Promise<Socket> {
  // TLS over a connection that is closed already would never say so.
  if (socket.destroyed) throw new TransportError('ECONNRESET');
  const start = (): Socket =>
    tlsConnect({
      socket,
      host: hostname,
      // RFC 6066, section 3: no addresses.
      servername: isIP(hostname) ? '' : hostname,
      secureContext,
      // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
      rejectUnauthorized: true,
      ALPNProtocols: ['http/1.1'],
    });
  return standing(start, 'secureConnect', signal);
}

/** The socket that `start` gives, as soon as it is `ready`. One that never is, is destroyed. */
function standing(
  start: () => Socket,
  ready: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = start();
    const done = () => {
      stopClock();
      stay();
    };
    const fail = (error: unknown) => {
      done();
      socket.destroy();
      reject(error);
    };
    const giveUp = () => fail(signal.reason);
    const stopClock = nodeTimers.after(patience, () => fail(new TransportError('ETIMEDOUT')));
    const stay = onAbort(signal, giveUp);
    // Stays: a socket whose errors nobody hears ends the process.
    socket.on('error', (error) => fail(new TransportError(codeOf(error))));
    socket.once('close', () => fail(new TransportError('ECONNRESET')));
    socket.once(ready, () => {
      done();
      resolve(socket);
    });
    if (signal.aborted) giveUp();
  });
}

/** Looks a name up as Node's own does, but gives only addresses within reach: those are what is connected to. */
function lookupWithin(reach: AddressPolicy, resolve: ResolveName): LookupFunction {
  return (hostname, { all }, answer) => {
    addressesOf(hostname, reach, resolve).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: isIP(address) }));
        const [first] = found;
        if (all) answer(null, found);
        else answer(null, first?.address ?? '', first?.family);
      },
      (error) => answer(error, ''),
    );
  };
}

/** RFC 6761, section 6.3: names below `localhost` are this machine, whatever a name server says. */
const loopback: readonly string[] = ['127.0.0.1', '::1'];

async function addressesOf(
  hostname: string,
  reach: AddressPolicy,
  resolve: ResolveName,
): Promise<readonly string[]> {
  const addresses = writtenClass(hostname) === 'loopback' ? loopback : await resolve(hostname);
  if (addresses.length === 0) throw new TransportError('ENOTFOUND');
  const within = addresses.filter((address) => isWithin(reach, classOfAddress(address)));
  if (within.length === 0) throw new TransportError(faults.address);
  return within;
}
