import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { LookupFailure, TagList } from '../../server/src/engine/ports.ts';
import { answer, type Misbehave, startHostile } from '../support/hostile.ts';
import { type OfferedImage, type RegistryAuth, startRegistry } from '../support/registry.ts';
import { createTestClient, password, secret, type TestClientOptions } from '../support/registry-client.ts';

const images: readonly OfferedImage[] = [
  { repository: 'team/app', tags: ['1.0', '1.1', 'latest'] },
  { repository: 'team/empty', tags: [] },
];

function assertTags(list: TagList, tags: readonly string[]): void {
  assert.ok(list.ok, list.ok ? '' : list.message);
  assert.deepEqual(list.tags, tags);
}

function assertNoTags(list: TagList, code: LookupFailure, words: RegExp): void {
  assert.ok(!list.ok, 'there are tags');
  assert.equal(list.code, code, list.message);
  assert.match(list.message, words);
}

const json = { 'content-type': 'application/json' };
const page = (tags: unknown): string => JSON.stringify({ name: 'team/app', tags });

/** A client of a server that answers as the test says; lists the tags of team/app there. */
async function hostile(t: TestContext, misbehave: Misbehave, options: TestClientOptions = {}) {
  const server = await startHostile(misbehave);
  t.after(() => server.stop());
  const client = createTestClient(options);
  const list = (signal?: AbortSignal): Promise<TagList> =>
    client.registry.tags(
      { registry: server.host, repository: 'team/app' },
      { registries: {}, ...(signal && { signal }) },
    );
  return { server, client, list };
}

describe('a list of tags', () => {
  const signIns: readonly RegistryAuth[] = [
    { kind: 'none' },
    { kind: 'basic', username: 'alice', password: secret },
    { kind: 'token', username: 'alice', password: secret },
  ];
  for (const auth of signIns) {
    test(`with sign-in: ${auth.kind}`, async (t) => {
      const registry = await startRegistry({ images, auth });
      t.after(() => registry.stop());
      const { registry: client } = createTestClient({ stored: { [registry.host]: password } });
      const name = { registry: registry.host, repository: 'team/app' };
      assertTags(await client.tags(name, { registries: {} }), ['1.0', '1.1', 'latest']);
      assertTags(await client.tags({ ...name, repository: 'team/empty' }, { registries: {} }), []);
    });
  }

  test('of Docker Hub needs no account', async (t) => {
    const hub = await startHostile(({ headers, path }, response) => {
      if (path.startsWith('/token')) return answer(response, 200, json, '{"token":"anonymous"}');
      if (headers.authorization === 'Bearer anonymous') return answer(response, 200, json, page(['1.27']));
      const challenge =
        'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull"';
      return answer(response, 401, { 'www-authenticate': challenge });
    });
    t.after(() => hub.stop());
    const client = createTestClient({
      routes: { 'https://registry-1.docker.io': hub.url, 'https://auth.docker.io': hub.url },
    });
    const name = { registry: 'docker.io', repository: 'library/nginx' };
    assertTags(await client.registry.tags(name, { registries: {} }), ['1.27']);
    assert.deepEqual(
      client.sent.map(({ url }) => url),
      [
        'https://registry-1.docker.io/v2/library/nginx/tags/list?n=1000',
        'https://auth.docker.io/token?service=registry.docker.io&scope=repository%3Alibrary%2Fnginx%3Apull',
        'https://registry-1.docker.io/v2/library/nginx/tags/list?n=1000',
      ],
    );
  });

  test('comes from a mirror where one is set', async (t) => {
    const registry = await startRegistry({ images });
    t.after(() => registry.stop());
    const registries = { 'quay.io': { mirror: registry.url } };
    const { registry: client } = createTestClient();
    const name = { registry: 'quay.io', repository: 'team/app' };
    assertTags(await client.tags(name, { registries }), ['1.0', '1.1', 'latest']);
  });

  test('may be null, and holds tags alone, each once', async (t) => {
    const bodies = [page(null), page(['b', 'a', 'b', 3, null, '', '../x', 'a b', '-x', 'x'.repeat(129)])];
    const { list } = await hostile(t, ({ index }, response) => answer(response, 200, json, bodies[index]));
    assertTags(await list(), []);
    assertTags(await list(), ['b', 'a']);
  });

  test('is asked for without a number where the registry refuses one', async (t) => {
    const { list, server } = await hostile(t, ({ path }, response) =>
      path.includes('n=') ? answer(response, 400) : answer(response, 200, json, page(['1'])),
    );
    assertTags(await list(), ['1']);
    assert.equal(server.requests.at(-1)?.path, '/v2/team/app/tags/list');
  });

  test('that is asked for twice at once is asked for once', async (t) => {
    const { list, server } = await hostile(t, (_, response) => answer(response, 200, json, page(['1'])));
    for (const one of await Promise.all([list(), list()])) assertTags(one, ['1']);
    assert.equal(server.requests.length, 1);
  });
});

describe('pages', () => {
  const links: readonly (readonly [what: string, link: (host: string) => string])[] = [
    ['by path', () => '</v2/team/app/tags/list?last=1&n=1000>; rel="next"'],
    ['by query', () => '<?last=1>; rel=next'],
    ['by address', (host) => `<http://${host}/v2/team/app/tags/list?last=1>; rel="next"`],
    [
      'among others',
      () => '</v2/team/app/tags/list?n=1>; rel="first", </v2/team/app/tags/list?last=1>; rel="next"',
    ],
  ];
  for (const [what, link] of links) {
    test(`are followed: ${what}`, async (t) => {
      const { list, server } = await hostile(t, ({ headers, index }, response) => {
        const next = index === 0 ? { link: link(headers.host ?? '') } : {};
        return answer(response, 200, { ...json, ...next }, page([`${index}`]));
      });
      assertTags(await list(), ['0', '1']);
      assert.match(server.requests[1]?.path ?? '', /^\/v2\/team\/app\/tags\/list\?last=1/);
    });
  }

  const strange: readonly string[] = [
    '<https://evil.example.com/v2/team/app/tags/list?last=1>; rel="next"',
    '<//evil.example.com/v2/team/app/tags/list?last=1>; rel="next"',
    '</v2/team/other/tags/list?last=1>; rel="next"',
    '</v2/team/app/tags/list>; rel="next"',
    '</v2/team/app/tags/list?last=1>; rel="prev"',
    '<http://[>; rel="next"',
    '<',
    'nonsense',
  ];
  for (const link of strange) {
    test(`are not followed: ${link}`, async (t) => {
      const { list, client } = await hostile(t, (_, response) =>
        answer(response, 200, { ...json, link }, page(['1'])),
      );
      assertTags(await list(), ['1']);
      assert.equal(client.sent.length, 1);
    });
  }

  test('end after a number of them, and of tags', async (t) => {
    const endless: Misbehave = ({ index }, response) =>
      answer(
        response,
        200,
        { ...json, link: `<?last=${index}>; rel="next"` },
        page([`${index}a`, `${index}b`]),
      );
    const few = await hostile(t, endless, { limits: { maxTagPages: 3 } });
    assertTags(await few.list(), ['0a', '0b', '1a', '1b', '2a', '2b']);
    const short = await hostile(t, endless, { limits: { maxTags: 3 } });
    assertTags(await short.list(), ['0a', '0b', '1a']);
    assert.equal(short.server.requests.length, 2);
  });

  test('that fail, fail the list', async (t) => {
    const { list } = await hostile(t, ({ index }, response) =>
      index === 0
        ? answer(response, 200, { ...json, link: '<?last=1>; rel="next"' }, page(['1']))
        : answer(response, 404, json, '{}'),
    );
    assertNoTags(await list(), 'not-found', /has no image team\/app\./);
  });
});

describe('no list', () => {
  const cases: readonly (readonly [
    what: string,
    misbehave: Misbehave,
    code: LookupFailure,
    words: RegExp,
  ])[] = [
    ['404', (_, r) => answer(r, 404, json, '{}'), 'not-found', /has no image team\/app\. Check the name\.$/],
    ['403', (_, r) => answer(r, 403), 'no-access', /has no image team\/app, or it is private/],
    ['401 without more', (_, r) => answer(r, 401), 'no-access', /has no image team\/app, or it is private/],
    ['429', (_, r) => answer(r, 429), 'rate-limited', /takes no more requests/],
    ['500', (_, r) => answer(r, 500), 'unreachable', /fault of its own/],
    ['418', (_, r) => answer(r, 418), 'bad-answer', /status 418/],
    [
      'a page',
      (_, r) => answer(r, 200, { 'content-type': 'text/html' }, '<p>Hi'),
      'bad-answer',
      /not a list of tags/,
    ],
    ['no tags in it', (_, r) => answer(r, 200, json, '{}'), 'bad-answer', /not a list of tags/],
    ['tags that are a text', (_, r) => answer(r, 200, json, page('1')), 'bad-answer', /not a list of tags/],
    ['a huge answer', (_, r) => answer(r, 200, json, page(['x'.repeat(5000)])), 'bad-answer', /far more/],
    [
      'a redirect to a private address',
      (_, r) => answer(r, 302, { location: 'https://169.254.169.254/' }),
      'refused',
      /private network/,
    ],
  ];
  for (const [what, misbehave, code, words] of cases) {
    test(what, async (t) => {
      const { list } = await hostile(t, misbehave, { limits: { maxTagPage: 4096 } });
      assertNoTags(await list(), code, words);
    });
  }

  test('for names that no registry has', async () => {
    const client = createTestClient();
    const list = (registry: string, repository: string): Promise<TagList> =>
      client.registry.tags({ registry, repository }, { registries: {} });
    assertNoTags(await list('ghcr.io', '../../x'), 'refused', /cannot be asked for/);
    assertNoTags(await list('ghcr.io', 'A'), 'refused', /cannot be asked for/);
    assertNoTags(await list('0x7f.1', 'a'), 'refused', /cannot be asked/);
    assert.deepEqual(client.sent, []);
  });

  test('once cancelled', async (t) => {
    const { list, server } = await hostile(t, () => {});
    const controller = new AbortController();
    const listing = list(controller.signal);
    await server.arrived(1);
    controller.abort();
    assertNoTags(await listing, 'cancelled', /cancelled/);
    await server.dropped(1);
  });
});
