import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRoutes, type Route, refusalOf } from '../../server/src/http/proxies.ts';
import { secret } from '../support/registry-client.ts';

type Env = Readonly<Record<string, string>>;

const routeOf = (env: Env, url: string): Route => createRoutes(env)(new URL(url));

/** `proxy:3128`, `direct`, or the fault. */
function told(route: Route): string {
  if (route.kind === 'direct') return 'direct';
  if (route.kind === 'none') return route.fault;
  const { hostname, port, secure } = route.proxy;
  return `${secure ? 'https' : 'http'} ${hostname} ${port}`;
}

const https = 'https://registry.example/v2/';
const http = 'http://registry.example/v2/';

describe('which proxy', () => {
  const cases: readonly (readonly [env: Env, url: string, way: string])[] = [
    [{}, https, 'direct'],
    [{ HTTPS_PROXY: 'http://proxy.example:3128' }, https, 'http proxy.example 3128'],
    [{ https_proxy: 'http://proxy.example:3128' }, https, 'http proxy.example 3128'],
    [{ HTTPS_PROXY: 'http://one.example', https_proxy: 'http://two.example' }, https, 'http one.example 80'],
    [{ HTTPS_PROXY: '', https_proxy: 'http://two.example:1' }, https, 'http two.example 1'],
    [{ HTTPS_PROXY: ' ' }, https, 'direct'],
    [{ HTTPS_PROXY: ' http://proxy.example:3128 ' }, https, 'http proxy.example 3128'],
    [{ HTTPS_PROXY: 'https://proxy.example' }, https, 'https proxy.example 443'],
    [{ HTTPS_PROXY: 'proxy.example:3128' }, https, 'http proxy.example 3128'],
    [{ HTTPS_PROXY: 'proxy.example' }, https, 'http proxy.example 80'],
    [{ HTTPS_PROXY: '10.0.0.1:3128' }, https, 'http 10.0.0.1 3128'],
    [{ HTTPS_PROXY: 'http://[fd00::1]:3128/' }, https, 'http fd00::1 3128'],
    [{ HTTPS_PROXY: 'http://proxy.example:3128/some/path?x' }, https, 'http proxy.example 3128'],
    // As Docker: the one for http is not taken for https, nor the other way round.
    [{ HTTP_PROXY: 'http://proxy.example:3128' }, https, 'direct'],
    [{ HTTPS_PROXY: 'http://proxy.example:3128' }, http, 'direct'],
    [{ HTTP_PROXY: 'http://proxy.example:3128' }, http, 'http proxy.example 3128'],
    [{ http_proxy: 'http://proxy.example:3128' }, http, 'http proxy.example 3128'],
    [{ ALL_PROXY: 'http://proxy.example:3128' }, https, 'http proxy.example 3128'],
    [{ all_proxy: 'http://proxy.example:3128' }, http, 'http proxy.example 3128'],
    [{ ALL_PROXY: 'http://all.example', HTTPS_PROXY: 'http://own.example' }, https, 'http own.example 80'],
    [
      { ALL_PROXY: 'socks5://proxy.example', HTTPS_PROXY: 'http://own.example' },
      https,
      'http own.example 80',
    ],
    [{ ALL_PROXY: 'socks5://proxy.example:1080' }, https, 'PROXY_KIND'],
    [{ HTTPS_PROXY: 'SOCKS5H://proxy.example:1080' }, https, 'PROXY_KIND'],
    [{ HTTPS_PROXY: 'socks://proxy.example' }, https, 'PROXY_KIND'],
    [{ HTTPS_PROXY: 'http://' }, https, 'PROXY_LOST'],
    [{ HTTPS_PROXY: 'http://proxy.example:99999' }, https, 'PROXY_LOST'],
    [{ HTTPS_PROXY: 'http://proxy example:3128' }, https, 'PROXY_LOST'],
    [{ HTTPS_PROXY: 'ftp://proxy.example' }, https, 'PROXY_LOST'],
    [{ HTTPS_PROXY: ':3128' }, https, 'PROXY_LOST'],
    [{ HTTPS_PROXY: `http://alice:${secret}@` }, https, 'PROXY_LOST'],
  ];
  for (const [env, url, way] of cases) {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    test(`${variables.join(' ') || 'no variable'}: ${url} ${way}`, () => {
      assert.equal(told(routeOf(env, url)), way);
    });
  }
});

describe('this machine is never asked through a proxy', () => {
  const env = { HTTPS_PROXY: 'http://proxy.example', HTTP_PROXY: 'http://proxy.example' };
  const hosts = [
    '127.0.0.1:5000',
    '127.9.9.9',
    'localhost',
    'LOCALHOST.:5000',
    'k3d.localhost:5000',
    '[::1]',
    '2130706433',
  ];
  for (const host of hosts) {
    test(host, () => {
      assert.equal(told(routeOf(env, `https://${host}/`)), 'direct');
      assert.equal(told(routeOf(env, `http://${host}/`)), 'direct');
    });
  }
  for (const host of ['localhost.example', '10.0.0.1', '[64:ff9b::7f00:1]']) {
    test(`but ${host} is`, () => {
      assert.equal(told(routeOf(env, `https://${host}/`)), 'http proxy.example 80');
    });
  }
});

describe('NO_PROXY', () => {
  const cases: readonly (readonly [list: string, host: string, direct: boolean])[] = [
    ['example', 'registry.example', true],
    ['registry.example', 'registry.example', true],
    ['REGISTRY.example.', 'registry.EXAMPLE', true],
    ['registry.example', 'registry.example.:8443', true],
    ['registry.example', 'a.registry.example', true],
    ['registry.example', 'notregistry.example', false],
    ['.registry.example', 'a.registry.example', true],
    ['.registry.example', 'registry.example', true],
    ['*.registry.example', 'a.registry.example', true],
    ['*.registry.example', 'aregistry.example', false],
    ['*', 'registry.example', true],
    ['other.example, *', 'registry.example', true],
    ['a.example,registry.example', 'registry.example', true],
    ['a.example registry.example', 'registry.example', true],
    [' a.example ,, registry.example ', 'registry.example', true],
    ['registry.example:8443', 'registry.example:8443', true],
    ['registry.example:8443', 'registry.example', false],
    ['registry.example:443', 'registry.example', true],
    ['.example:8443', 'registry.example:8443', true],
    ['10.0.0.1', '10.0.0.1:5000', true],
    ['10.0.0.1:5000', '10.0.0.1:5000', true],
    ['10.0.0.1:5000', '10.0.0.1', false],
    ['10.0.0.1', '10.0.0.10', false],
    ['10.0.0.0/8', '10.9.8.7', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.0/33', '10.0.0.1', false],
    ['10.0.0.0/8', 'registry.example', false],
    ['fd00::/8', '[fd12::1]:5000', true],
    ['[fd00::]/8', '[fd12::1]', true],
    ['fd00::1', '[fd00:0::1]', true],
    ['FD00:0:0::1', '[fd00::1]:5000', true],
    ['[fd00::1]:5000', '[fd00::1]:5000', true],
    ['[fd00::1]:5000', '[fd00::1]', false],
    ['0.0.0.0/0', '203.0.113.1', true],
    ['.', 'registry.example', false],
    [':', 'registry.example', false],
    [':443', 'registry.example', false],
    ['[', 'registry.example', false],
    ['https://registry.example', 'registry.example', false],
    ['/8', '10.0.0.1', false],
    ['', 'registry.example', false],
  ];
  for (const [list, host, direct] of cases) {
    test(`"${list}" ${direct ? 'names' : 'does not name'} ${host}`, () => {
      const env = { HTTPS_PROXY: 'http://proxy.example', NO_PROXY: list };
      assert.equal(routeOf(env, `https://${host}/v2/`).kind, direct ? 'direct' : 'proxy');
      const lower = { https_proxy: 'http://proxy.example', no_proxy: list };
      assert.equal(routeOf(lower, `https://${host}/v2/`).kind, direct ? 'direct' : 'proxy');
    });
  }

  test('helps against an address that makes no sense as well', () => {
    const env = { HTTPS_PROXY: 'socks5://proxy.example', NO_PROXY: 'registry.example' };
    assert.equal(told(routeOf(env, https)), 'direct');
  });
});

describe('signing in at the proxy', () => {
  const cases: readonly (readonly [account: string, sent: string | undefined])[] = [
    ['', undefined],
    [`alice:${secret}@`, `alice:${secret}`],
    ['alice@', 'alice:'],
    [':key@', ':key'],
    ['DOMAIN%5Calice:p%40ss%3Aword@', 'DOMAIN\\alice:p@ss:word'],
    ['alice:100%@', 'alice:100%'],
    ['al%69ce:%C3%BC@', 'alice:ü'],
  ];
  for (const [account, sent] of cases) {
    test(account || 'nobody', () => {
      const route = routeOf({ HTTPS_PROXY: `http://${account}proxy.example:3128` }, https);
      assert.ok(route.kind === 'proxy');
      const { authorization } = route.proxy;
      const expected = sent === undefined ? undefined : `Basic ${Buffer.from(sent).toString('base64')}`;
      assert.equal(authorization, expected);
    });
  }
});

test('what a proxy means by a status', () => {
  const meant = [400, 401, 403, 404, 405, 407, 429, 500, 501, 502, 503, 504, 302].map(refusalOf);
  assert.deepEqual(meant, [
    'PROXY_ODD',
    'PROXY_REFUSED',
    'PROXY_REFUSED',
    'PROXY_ODD',
    'PROXY_ODD',
    'PROXY_SIGN_IN',
    'PROXY_REFUSED',
    'PROXY_FAILED',
    'PROXY_ODD',
    'PROXY_FAILED',
    'PROXY_FAILED',
    'PROXY_FAILED',
    'PROXY_REFUSED',
  ]);
});
