import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { createDownloads } from '../../server/src/downloads/index.ts';
import type { CommitLookup } from '../../server/src/engine/ports.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { answer, type Misbehave, startHostile } from '../support/hostile.ts';
import { assertFailed, ManualTimers } from '../support/registry-client.ts';
import { refusingWeb, watchedWeb } from './web.ts';

const ask = (repository: string, ref = '', signal?: AbortSignal): Promise<CommitLookup> =>
  createDownloads().commit(repository, ref, signal ? { signal } : {});

function assertCommit(found: CommitLookup, commit: string): void {
  assert.deepEqual(found, { ok: true, commit });
}

describe('git http-backend', () => {
  let server: GitServer;
  const at = (name: string, path = 'team/app.git'): Promise<string> => server.git(path, 'rev-parse', name);

  before(async () => {
    server = await startGitServer();
    for (const path of ['team/app.git', 'team/empty.git']) {
      await mkdir(join(server.folder, path), { recursive: true });
      await server.git(path, 'init', '--quiet', '--initial-branch=trunk', '.');
    }
    const app = (...args: string[]) => server.git('team/app.git', ...args);
    const commit = (message: string) => app('commit', '--quiet', '--allow-empty', '-m', message);
    await commit('one');
    await app('tag', 'light');
    await app('tag', '-a', 'v1.0', '-m', 'annotated');
    await commit('two');
    await app('branch', 'topic/deep');
    await app('tag', 'both');
    await commit('three');
    await app('branch', 'both');
    await commit('four');
    await app('update-ref', 'refs/pull/7/head', 'refs/tags/light');
  });
  after(() => server.stop());

  const names: readonly (readonly [what: string, ref: string, revision: string])[] = [
    ['the default branch', '', 'trunk'],
    ['HEAD', 'HEAD', 'trunk'],
    ['a branch', 'trunk', 'trunk'],
    ['a branch with a slash', 'topic/deep', 'topic/deep'],
    ['a tag', 'light', 'light'],
    ['an annotated tag is the commit it stands for', 'v1.0', 'v1.0^{commit}'],
    ['a branch comes before a tag of its name', 'both', 'refs/heads/both'],
    ['a full name', 'refs/tags/both', 'refs/tags/both'],
    ['a full name of an annotated tag', 'refs/tags/v1.0', 'v1.0^{commit}'],
    ['neither branch nor tag', 'refs/pull/7/head', 'light'],
    ['a name below refs', 'pull/7/head', 'light'],
  ];
  for (const [what, ref, revision] of names) {
    test(what, async () => {
      for (const path of ['team/app.git', 'team/app.git/']) {
        assertCommit(await ask(`${server.url}/${path}`, ref), await at(revision));
      }
    });
  }

  test('an annotated tag is an object of its own', async () => {
    assert.notEqual(await at('v1.0'), await at('v1.0^{commit}'));
  });

  test('names that there are not', async () => {
    const short = (await at('trunk')).slice(0, 7);
    for (const ref of [
      'no',
      'trun',
      'trunk^{}',
      'v1',
      short,
      '../trunk',
      'refs/heads/no',
      '\n',
      'capabilities',
    ]) {
      assertFailed(await ask(`${server.url}/team/app.git`, ref), 'not-found', /no branch or tag/);
    }
  });

  test('an empty repository, and none', async () => {
    assertFailed(await ask(`${server.url}/team/empty.git`), 'not-found', /no default branch/);
    assertFailed(await ask(`${server.url}/team/empty.git`, 'trunk'), 'not-found', /no branch or tag trunk/);
    assertFailed(
      await ask(`${server.url}/team/none.git`),
      'not-found',
      /no such repository, or it is private/,
    );
  });
});

const commit = 'a'.repeat(40);
const pkt = (text: string): string => (text.length + 4).toString(16).padStart(4, '0') + text;
const service = `${pkt('# service=git-upload-pack\n')}0000`;
const type = { 'content-type': 'application/x-git-upload-pack-advertisement' };

const giving =
  (body: string | Uint8Array, status = 200, headers: Readonly<Record<string, string>> = type): Misbehave =>
  (_, response) =>
    answer(response, status, headers, body);

async function setUp(t: TestContext, misbehave: Misbehave) {
  const server = await startHostile(misbehave);
  t.after(() => server.stop());
  return server;
}

describe('answers by hand', () => {
  const good: readonly (readonly [string, string])[] = [
    ['version 1', `${service}${pkt('version 1\n')}${pkt(`${commit} refs/heads/main\0caps\n`)}0000`],
    ['no line ends', `${service}${pkt(`${commit} refs/heads/main\0caps`)}0000`],
    ['shallow lines', `${service}${pkt(`${commit} refs/heads/main\0\n`)}${pkt(`shallow ${commit}\n`)}0000`],
    ['empty packets', `${service}0004${pkt(`${commit} refs/heads/main\0\n`)}0000`],
  ];
  for (const [name, body] of good) {
    test(name, async (t) => {
      const { url } = await setUp(t, giving(body));
      assertCommit(await ask(`${url}/a/b`, 'main'), commit);
    });
  }

  test('SHA-256 objects', async (t) => {
    const long = 'b'.repeat(64);
    const { url } = await setUp(t, giving(`${service}${pkt(`${long} refs/heads/main\0\n`)}0000`));
    assertCommit(await ask(`${url}/a/b`, 'main'), long);
  });

  test('one byte at a time', async (t) => {
    const body = `${service}${pkt(`${commit} refs/heads/main\0caps\n`)}0000`;
    const { url } = await setUp(t, async (_, response) => {
      response.writeHead(200, type);
      for (const byte of body) {
        response.write(byte);
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    assertCommit(await ask(`${url}/a/b`, 'main'), commit);
  });

  const bad: readonly (readonly [string, Misbehave, string, RegExp])[] = [
    ['a page', giving('<html>', 200, { 'content-type': 'text/html' }), 'bad-answer', /as git servers do/],
    [
      'the old protocol',
      giving(`${commit}\trefs/heads/main\n`, 200, { 'content-type': 'text/plain' }),
      'bad-answer',
      /as git servers do/,
    ],
    ['no packets', giving('hello, world'), 'bad-answer', /as git servers do/],
    ['nothing', giving(''), 'bad-answer', /as git servers do/],
    ['half a packet', giving(`${service}00ff${commit}`), 'bad-answer', /as git servers do/],
    ['half a length', giving(`${service}00`), 'bad-answer', /as git servers do/],
    ['bytes', giving(Buffer.alloc(1000, 255)), 'bad-answer', /as git servers do/],
    ['a refusal', giving(`${service}${pkt('ERR access denied <b>')}`), 'no-access', /refuses to list/],
    [
      'zeros',
      giving(`${service}${pkt(`${'0'.repeat(40)} refs/heads/main\0\n`)}0000`),
      'not-found',
      /no branch or tag main/,
    ],
    [
      'a private one',
      giving('', 401, { 'www-authenticate': 'Basic realm="x"' }),
      'no-access',
      /or it is private/,
    ],
    ['too many requests', giving('', 429), 'rate-limited', /no more requests/],
    ['a fault', giving('', 500), 'unreachable', /fault of its own/],
    [
      'a loop',
      (request, response) => answer(response, 302, { location: request.path }),
      'bad-answer',
      /more than 5 times/,
    ],
    [
      'a way into the network',
      giving('', 302, { location: 'http://192.168.0.1/x' }),
      'refused',
      /plain http/,
    ],
    [
      'a way to another machine',
      giving('', 302, { location: 'https://10.1.2.3/x' }),
      'refused',
      /private network/,
    ],
    [
      'a way to the metadata',
      giving('', 302, { location: 'https://169.254.169.254/x' }),
      'refused',
      /private network/,
    ],
    ['a dead connection', (_, response) => void response.socket?.destroy(), 'unreachable', /broke/],
  ];
  for (const [name, misbehave, code, words] of bad) {
    test(name, async (t) => {
      const server = await setUp(t, misbehave);
      assertFailed(await ask(`${server.url}/a/b`, 'main'), code, words);
      assert.ok(server.requests.every(({ headers }) => headers.authorization === undefined));
    });
  }

  test('a list without end', async (t) => {
    const { url } = await setUp(t, giving(service + pkt(`${commit} refs/heads/x\n`).repeat(1000)));
    const downloads = createDownloads({ limits: { maxRefs: 10_000 } });
    assertFailed(await downloads.commit(`${url}/a/b`, 'main', {}), 'bad-answer', /more than is read here/);
  });

  test('an answer that never comes', async (t) => {
    const timers = new ManualTimers();
    const server = await setUp(t, () => {});
    const found = createDownloads({ timers }).commit(`${server.url}/a/b`, 'main', {});
    await server.arrived(1);
    timers.expire();
    assertFailed(await found, 'timed-out', /within 60 seconds/);
    await server.dropped(1);
  });

  test('cancelled', async (t) => {
    const controller = new AbortController();
    const server = await setUp(t, () => {});
    const found = ask(`${server.url}/a/b`, 'main', controller.signal);
    await server.arrived(1);
    controller.abort();
    assertFailed(await found, 'cancelled');
    await server.dropped(1);
    assertFailed(await ask(`${server.url}/a/b`, 'main', controller.signal), 'cancelled');
    assert.equal(server.requests.length, 1);
  });
});

describe('addresses', () => {
  const forges: readonly (readonly [string, string])[] = [
    ['https://github.com/a/b', 'https://github.com/a/b/info/refs?service=git-upload-pack'],
    ['https://github.com/a/b.git/', 'https://github.com/a/b.git/info/refs?service=git-upload-pack'],
    [
      'https://github.com/a/b.git#main:folder',
      'https://github.com/a/b.git/info/refs?service=git-upload-pack',
    ],
    ['git@github.com:a/b.git', 'https://github.com/a/b.git/info/refs?service=git-upload-pack'],
    ['gitlab.com:a/b/c.git', 'https://gitlab.com/a/b/c.git/info/refs?service=git-upload-pack'],
    ['ssh://git@github.com/a/b.git', 'https://github.com/a/b.git/info/refs?service=git-upload-pack'],
    ['ssh://git@github.com:22/a/b.git', 'https://github.com/a/b.git/info/refs?service=git-upload-pack'],
    ['github.com/a/b', 'https://github.com/a/b/info/refs?service=git-upload-pack'],
  ];
  for (const [repository, expected] of forges) {
    test(repository, async () => {
      const web = watchedWeb(service + pkt(`${commit} HEAD\0\n`), type);
      const downloads = createDownloads({ http: web, resolveName: async () => ['203.0.113.1'] });
      assertCommit(await downloads.commit(repository, '', {}), commit);
      assert.deepEqual(web.asked, [expected]);
    });
  }

  const refused: readonly (readonly [string, RegExp])[] = [
    ['git@git.example.com:a/b.git', /git\.example\.com is reached over ssh/],
    ['ssh://git@git.example.com/a/b.git', /over ssh/],
    ['ssh://git@github.com:2222/a/b.git', /over ssh/],
    ['git://github.com/a/b.git', /over git cannot/],
    ['file:///etc', /over file cannot/],
    ['ext::sh -c id', /over ssh|full https address/],
    ['http://github.com/a/b', /plain http/],
    ['https://alice:hunter2@github.com/a/b', /without user name or password/],
    ['https://github.com/a/b?x=hunter2', /full https address/],
    ['/srv/git/a.git', /full https address/],
    ['../a.git', /full https address/],
    ['', /full https address/],
    ['https://', /full https address/],
    ['https://169.254.169.254/a/b', /machines of a data centre/],
    ['https://[fd00:ec2::254]/a', /machines of a data centre/],
    ['-u', /full https address/],
  ];
  for (const [repository, words] of refused) {
    test(`${repository || 'nothing'} is not asked`, async () => {
      const downloads = createDownloads({ http: refusingWeb });
      const found = await downloads.commit(repository, 'main', {});
      assertFailed(found, 'refused', words);
      assert.ok(!JSON.stringify(found).includes('hunter2'));
    });
  }
});
