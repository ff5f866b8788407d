import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  chainOf,
  codeOf,
  failureOf,
  faults,
  isBrokenConnection,
  isCertificateFault,
  isProtocolFault,
  networkFault,
  nodeAdvice,
  TransportError,
  vscodeAdvice,
} from '../../server/src/http/network-errors.ts';

/** What a fault is said to be, and the setting that helps, in the words of the command line and of VS Code. Null where none does. */
type Telling = readonly [fault: string, words: RegExp, onNode: RegExp | null, inCode: RegExp | null];

const anySetting = /NODE_|_PROXY|SSL_CERT|http\.\w+|certs\.d/;

const tellings: readonly Telling[] = [
  ['ENOTFOUND', /cannot be found/, /HTTPS_PROXY/, /http\.proxy/],
  ['EAI_AGAIN', /cannot be found/, /HTTPS_PROXY/, /http\.proxy/],
  ['ECONNREFUSED', /refuses the connection/, null, null],
  ['ETIMEDOUT', /cannot be reached/, /HTTPS_PROXY/, /http\.proxy/],
  ['UND_ERR_CONNECT_TIMEOUT', /cannot be reached/, /HTTPS_PROXY/, /http\.proxy/],
  ['EHOSTUNREACH', /cannot be reached/, /HTTPS_PROXY/, /http\.proxy/],
  ['ENETUNREACH', /cannot be reached/, /HTTPS_PROXY/, /http\.proxy/],
  ['EACCES', /firewall/, null, null],
  ['ECONNRESET', /broke before an answer/, /HTTPS_PROXY/, /http\.proxy/],
  ['UND_ERR_SOCKET', /broke before an answer/, /HTTPS_PROXY/, /http\.proxy/],
  ['EPIPE', /broke before an answer/, /HTTPS_PROXY/, /http\.proxy/],
  ['EMFILE', /broke \(EMFILE\)/, null, null],
  ['', /broke\./, null, null],
  ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS.*`insecure: true`/, null, null],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', /does not speak TLS/, null, null],
  ['EPROTO', /does not speak TLS/, null, null],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', /no version of TLS in common/, null, null],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', /no version of TLS in common/, null, null],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', /no version of TLS in common/, null, null],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /wants a certificate of yours/, null, null],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', /wants a certificate of yours/, null, null],
  // A CA helps.
  ['SELF_SIGNED_CERT_IN_CHAIN', /not trusted/, /NODE_EXTRA_CA_CERTS.*certs\.d/, /http\.systemCertificates/],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /not trusted/, /NODE_EXTRA_CA_CERTS/, /http\.systemCertificates/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /not trusted/, /NODE_EXTRA_CA_CERTS/, /http\.systemCertificates/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', /nobody but itself/, /NODE_EXTRA_CA_CERTS/, /http\.systemCertificates/],
  // No CA helps.
  ['CERT_HAS_EXPIRED', /has expired.*renew.*clock/, null, null],
  ['CERT_NOT_YET_VALID', /not valid yet.*clock/, null, null],
  ['CERT_REVOKED', /revoked/, null, null],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /made out for other names/, null, null],
  ['HOSTNAME_MISMATCH', /made out for other names/, null, null],
  ['CERT_SIGNATURE_FAILURE', /not acceptable \(CERT_SIGNATURE_FAILURE\)/, null, null],
  ['INVALID_CA', /not acceptable \(INVALID_CA\)/, null, null],
  ['EE_KEY_TOO_SMALL', /not acceptable/, null, null],
  [faults.address, /private network.*Nothing was asked/, null, null],
  [faults.packed, /packed its answer/, null, null],
  [faults.garbled, /does not answer in HTTP/, null, null],
  [faults.proxySignIn, /wants a user name and password/, /HTTPS_PROXY/, /http\.proxy/],
  [faults.proxyRefused, /does not let requests through/, /NO_PROXY/, /http\.noProxy/],
  [faults.proxyLost, /cannot be reached as it is set/, /HTTPS_PROXY/, /http\.proxy/],
  [faults.proxyOdd, /does not answer as a proxy does/, /HTTPS_PROXY/, /http\.proxy/],
  [faults.proxyFailed, /finds no way/, /NO_PROXY/, /http\.noProxy/],
  [faults.proxyKind, /SOCKS/, /HTTPS_PROXY/, /http\.proxy/],
  [faults.proxyCertificate, /certificate of the proxy/, /NODE_EXTRA_CA_CERTS/, /http\.systemCertificates/],
];

describe('what is said of a fault', () => {
  for (const [fault, words, onNode, inCode] of tellings) {
    test(fault || 'without a name', () => {
      for (const [advice, setting] of [
        [nodeAdvice, onNode],
        [vscodeAdvice, inCode],
      ] as const) {
        const message = networkFault('registry.example:5000', fault, advice);
        assert.match(message, words);
        if (setting) assert.match(message, setting);
        else assert.doesNotMatch(message, anySetting);
        assert.match(message, /registry\.example:5000/);
        assert.match(message, /^\S.*[^.]\.$/, 'whole sentences');
      }
    });
  }

  test('no fault that is known here is left without words of its own', () => {
    const told = new Set(tellings.map(([fault]) => fault));
    for (const fault of Object.values(faults)) assert.ok(told.has(fault), fault);
  });

  test('nothing advises to switch the verification off', () => {
    for (const [fault] of tellings) {
      for (const advice of [nodeAdvice, vscodeAdvice]) {
        assert.doesNotMatch(networkFault('x', fault, advice), /REJECT_UNAUTHORIZED|StrictSSL/);
      }
    }
  });
});

test('faults are sorted', () => {
  const sorted = tellings.map(([fault]) => [
    isCertificateFault(fault),
    isProtocolFault(fault),
    isBrokenConnection(fault),
  ]);
  for (const kinds of sorted) assert.ok(kinds.filter(Boolean).length <= 1);
  assert.ok(isCertificateFault('CERT_HAS_EXPIRED'));
  assert.ok(isCertificateFault('HOSTNAME_MISMATCH'));
  assert.ok(isCertificateFault('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'));
  assert.ok(!isCertificateFault(faults.proxyCertificate));
  assert.ok(isProtocolFault('ERR_SSL_WRONG_VERSION_NUMBER'));
  assert.ok(!isProtocolFault('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'));
  assert.deepEqual(
    ['ECONNRESET', faults.address, faults.packed, faults.proxySignIn, 'CERT_HAS_EXPIRED'].map(failureOf),
    ['unreachable', 'refused', 'bad-answer', 'unreachable', 'unreachable'],
  );
});

describe("an error's code", () => {
  const inner = Object.assign(new Error('inner'), { code: 'ECONNREFUSED' });

  test('is that of what it wraps', () => {
    assert.equal(codeOf(new TypeError('fetch failed', { cause: inner })), 'ECONNREFUSED');
    const both = Object.assign(new AggregateError([inner, new Error('other')]), { code: 'OUTER' });
    assert.equal(codeOf(new TypeError('fetch failed', { cause: both })), 'ECONNREFUSED');
    assert.equal(codeOf(new TransportError('ENOTFOUND')), 'ENOTFOUND');
  });

  test('is empty where there is none', () => {
    for (const thrown of [new Error('x'), 'x', null, undefined, Object.assign(new Error('x'), { code: 7 })]) {
      assert.equal(codeOf(thrown), '');
    }
  });

  test('is found in a circle too', () => {
    const circle: Error & { cause?: unknown } = new Error('round and round');
    circle.cause = circle;
    assert.equal(codeOf(circle), '');
    assert.ok(chainOf(circle).length < 10);
  });
});
