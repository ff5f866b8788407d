import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import {
  type Command,
  type CredentialsOptions,
  createCredentials,
  createNodeMachine,
  type Machine,
  type RunResult,
} from '../../server/src/registry/index.ts';
import { answer, startHostile } from '../support/hostile.ts';
import {
  assertFailed,
  assertNoSecret,
  createTestClient,
  ManualTimers,
  password,
  secret,
} from '../support/registry-client.ts';

const home = join('/', 'home', 'alice');
const dockerFile = join(home, '.docker', 'config.json');
const podmanFile = join(home, '.config', 'containers', 'auth.json');

/** A file that is there and is not read. */
class Unread {
  readonly problem: string;

  constructor(problem: string) {
    this.problem = problem;
  }
}

interface Computer {
  readonly uid?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Path → content; JSON unless it is a text. */
  readonly files?: Readonly<Record<string, unknown>>;
  /** Helper program, and for one server alone that too → how it ends. */
  readonly helpers?: Readonly<Record<string, RunResult>>;
}

function createComputer(
  { env = {}, files = {}, helpers = {}, uid }: Computer,
  options: Partial<CredentialsOptions> = {},
) {
  const runs: Command[] = [];
  let now = 0;
  const machine: Machine = {
    env,
    home,
    ...(uid === undefined ? {} : { uid }),
    async readText(path) {
      const content = files[path];
      if (content === undefined) return null;
      if (content instanceof Unread) return content;
      return typeof content === 'string' ? content : JSON.stringify(content);
    },
    async run(command) {
      runs.push(command);
      return (
        helpers[`${command.program} ${command.input}`] ?? helpers[command.program] ?? { kind: 'missing' }
      );
    },
  };
  const credentials = createCredentials({ machine, clock: { now: () => now }, ...options });
  return {
    runs,
    find: (host: string, repository = 'team/app') =>
      credentials.find(host, repository, new AbortController().signal),
    pass(milliseconds: number) {
      now += milliseconds;
    },
  };
}

function encoded(username: string, word: string) {
  return { auth: Buffer.from(`${username}:${word}`).toString('base64') };
}

function stored(username: string, word: string) {
  return { credential: { kind: 'password', username, password: word } };
}

const nothing = { credential: null };

describe('files', () => {
  test('nothing stored anywhere', async () => {
    assert.deepEqual(await createComputer({}).find('ghcr.io'), nothing);
  });

  for (const [name, key, host] of [
    ['a host', 'ghcr.io', 'ghcr.io'],
    ['a host with a port', 'localhost:5000', 'localhost:5000'],
    ['a host in capitals', 'GHCR.io', 'ghcr.io'],
    ['an address', 'https://ghcr.io', 'ghcr.io'],
    ['an address with a slash', 'https://ghcr.io/', 'ghcr.io'],
    ['the address of the API', 'https://ghcr.io/v2/', 'ghcr.io'],
    ["Docker Hub's address", 'https://index.docker.io/v1/', 'docker.io'],
    ["Docker Hub's host", 'index.docker.io', 'docker.io'],
    ["Docker Hub's name", 'docker.io', 'docker.io'],
  ] as const) {
    test(`found under ${name}: ${key}`, async () => {
      const computer = createComputer({
        files: { [dockerFile]: { auths: { [key]: encoded('bob', secret) } } },
      });
      assert.deepEqual(await computer.find(host), stored('bob', secret));
    });
  }

  for (const [key, host] of [
    ['ghcr.io', 'ghcr.io:443'],
    ['ghcr.io', 'sub.ghcr.io'],
    ['ghcr.io', 'ghcr.io.example'],
    ['sub.ghcr.io', 'ghcr.io'],
    ['localhost:5000', 'localhost:5001'],
    ['docker.io', 'registry-1.docker.io'],
    ['https://index.docker.io/v1/', 'mirror.example'],
  ] as const) {
    test(`what is stored for ${key} is not for ${host}`, async () => {
      const computer = createComputer({
        files: { [dockerFile]: { auths: { [key]: encoded('bob', secret) } } },
      });
      assert.deepEqual(await computer.find(host), nothing);
    });
  }

  for (const [name, entry, credential] of [
    ['a password with colons', encoded('bob', 'a:b:c'), stored('bob', 'a:b:c').credential],
    ['a password beyond ASCII', encoded('bob', 'pä$$wört'), stored('bob', 'pä$$wört').credential],
    ['zero bytes at the end', encoded('bob', 'word\0\0'), stored('bob', 'word').credential],
    ['two fields', { username: 'bob', password: 'word' }, stored('bob', 'word').credential],
    [
      'an identity token',
      { ...encoded('bob', 'x'), identitytoken: 'it' },
      { kind: 'identity-token', token: 'it' },
    ],
    ['an access token', { registrytoken: 'rt' }, { kind: 'access-token', token: 'rt' }],
    ['nothing, as a credential store leaves it', {}, null],
    ['no colon', { auth: Buffer.from('bob').toString('base64') }, null],
    ['no password', encoded('bob', ''), null],
    ['no base64', { auth: '%%%' }, null],
    ['a number', { auth: 17 }, null],
    ['no object', 'x', null],
  ] as const) {
    test(`an entry with ${name}`, async () => {
      const computer = createComputer({ files: { [dockerFile]: { auths: { 'ghcr.io': entry } } } });
      assert.deepEqual(await computer.find('ghcr.io'), { credential });
    });
  }

  test('the longest path wins, down to the host', async () => {
    const auths = {
      'quay.io': encoded('host', 'x'),
      'quay.io/team': encoded('team', 'x'),
      'quay.io/team/app': encoded('app', 'x'),
    };
    const computer = createComputer({ files: { [podmanFile]: { auths } } });
    assert.deepEqual(await computer.find('quay.io', 'team/app'), stored('app', 'x'));
    assert.deepEqual(await computer.find('quay.io', 'team/app/part'), stored('app', 'x'));
    assert.deepEqual(await computer.find('quay.io', 'team/other'), stored('team', 'x'));
    assert.deepEqual(await computer.find('quay.io', 'teams/app'), stored('host', 'x'));
  });

  test('what is stored for a path is for that path alone', async () => {
    const auths = { 'quay.io/team': encoded('team', 'x') };
    const computer = createComputer({ files: { [podmanFile]: { auths } } });
    assert.deepEqual(await computer.find('quay.io', 'other/app'), nothing);
  });

  const places = {
    DOCKER_AUTH_CONFIG: 'variable',
    '/auth.json': 'REGISTRY_AUTH_FILE',
    [join('/docker', 'config.json')]: 'DOCKER_CONFIG',
    [join('/run', 'containers', 'auth.json')]: 'XDG_RUNTIME_DIR',
    [join('/config', 'containers', 'auth.json')]: 'XDG_CONFIG_HOME',
  };
  for (let first = 0; first < Object.keys(places).length; first++) {
    const left = Object.entries(places).slice(first);
    test(`the order of places, from ${left[0]?.[1]} on`, async () => {
      const files = Object.fromEntries(
        left.map(([path, name]) => [path, { auths: { 'ghcr.io': encoded(name, 'x') } }]),
      );
      const env = {
        REGISTRY_AUTH_FILE: '/auth.json',
        DOCKER_CONFIG: '/docker',
        XDG_RUNTIME_DIR: '/run',
        XDG_CONFIG_HOME: '/config',
        ...(first === 0 ? { DOCKER_AUTH_CONFIG: JSON.stringify(files.DOCKER_AUTH_CONFIG) } : {}),
      };
      assert.deepEqual(await createComputer({ env, files }).find('ghcr.io'), stored(left[0]?.[1] ?? '', 'x'));
    });
  }

  test('a file that a variable names, and that is not there', async () => {
    const files = { [dockerFile]: { auths: { 'ghcr.io': encoded('alice', 'x') } } };
    const computer = createComputer({ env: { REGISTRY_AUTH_FILE: '/gone.json' }, files });
    assert.deepEqual(await computer.find('ghcr.io'), stored('alice', 'x'));
    const { credential, notice } = await computer.find('quay.io');
    assert.equal(credential, null);
    assert.equal(notice, 'REGISTRY_AUTH_FILE names /gone.json, which is not there.');
  });

  test('a place that does not know the host leaves it to the next', async () => {
    const computer = createComputer({
      env: { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'quay.io': encoded('bob', 'x') } }) },
      files: { [podmanFile]: { auths: { 'ghcr.io': encoded('bob', 'y') } } },
    });
    assert.deepEqual(await computer.find('ghcr.io'), stored('bob', 'y'));
  });

  test('the place of Podman for those who have no folder for the session', async () => {
    const path = join('/run', 'containers', '1000', 'auth.json');
    const files = { [path]: { auths: { 'ghcr.io': encoded('bob', 'x') } } };
    assert.deepEqual(await createComputer({ files, uid: 1000 }).find('ghcr.io'), stored('bob', 'x'));
    const env = { XDG_RUNTIME_DIR: '/run/user/1000' };
    assert.deepEqual(await createComputer({ env, files, uid: 1000 }).find('ghcr.io'), nothing);
  });

  test('a file may begin with a byte order mark', async () => {
    const file = JSON.stringify({ auths: { 'ghcr.io': encoded('bob', 'x') } });
    const computer = createComputer({ files: { [dockerFile]: `\uFEFF${file}` } });
    assert.deepEqual(await computer.find('ghcr.io'), stored('bob', 'x'));
  });

  test('a file without anything in it stores nothing', async () => {
    for (const content of ['', ' \n', '\uFEFF']) {
      assert.deepEqual(await createComputer({ files: { [dockerFile]: content } }).find('ghcr.io'), nothing);
    }
  });

  test('a file that is not read is named, and the others are', async () => {
    const files = {
      [dockerFile]: new Unread('cannot be read (EACCES)'),
      [podmanFile]: { auths: { 'quay.io': encoded('bob', 'x') } },
    };
    const computer = createComputer({ files });
    assert.deepEqual(await computer.find('quay.io'), stored('bob', 'x'));
    assert.deepEqual(await computer.find('ghcr.io'), {
      credential: null,
      notice: `${dockerFile} cannot be read (EACCES), so what it stores is not used.`,
    });
  });

  for (const content of ['{"auths": {', '[]', 'null']) {
    test(`a file that holds ${content}`, async () => {
      const files = { [dockerFile]: content, [podmanFile]: { auths: {} } };
      const { credential, notice } = await createComputer({ files }).find('ghcr.io');
      assert.equal(credential, null);
      assert.equal(notice, `${dockerFile} is not valid JSON, so what it stores is not used.`);
    });
  }
});

describe('helpers, as the protocol has it', () => {
  const given = (output: unknown, ok = true): RunResult => ({
    kind: 'ended',
    ok,
    output: JSON.stringify(output),
  });
  const good = given({ ServerURL: 'x', Username: 'bob', Secret: secret });
  const store = { [dockerFile]: { credsStore: 'desktop' } };

  test('the store is asked for the host', async () => {
    const computer = createComputer({ files: store, helpers: { 'docker-credential-desktop': good } });
    assert.deepEqual(await computer.find('ghcr.io'), stored('bob', secret));
    const [run] = computer.runs;
    assert.deepEqual(
      [run?.program, run?.argument, run?.input],
      ['docker-credential-desktop', 'get', 'ghcr.io'],
    );
    assert.deepEqual([run?.timeout, run?.maxOutput], [5_000, 65_536]);
  });

  test('Docker Hub goes by the address of its first API', async () => {
    const computer = createComputer({ files: store, helpers: { 'docker-credential-desktop': good } });
    await computer.find('docker.io');
    assert.equal(computer.runs[0]?.input, 'https://index.docker.io/v1/');
  });

  for (const key of [
    'https://index.docker.io/v1/',
    'https://index.docker.io/v1',
    'index.docker.io',
    'docker.io',
    'Docker.io',
  ]) {
    test(`Docker Hub's own helper may be named for ${key}`, async () => {
      const computer = createComputer({
        files: { [dockerFile]: { credHelpers: { [key]: 'hub' }, credsStore: 'desktop' } },
        helpers: { 'docker-credential-hub': good },
      });
      assert.deepEqual(await computer.find('docker.io'), stored('bob', secret));
      assert.deepEqual(
        computer.runs.map(({ input, program }) => [program, input]),
        [['docker-credential-hub', 'https://index.docker.io/v1/']],
      );
    });
  }

  test('what Podman put into a helper for docker.io is found under that name', async () => {
    const none = { kind: 'ended', ok: false, output: 'credentials not found in native keychain' } as const;
    const computer = createComputer({
      files: { [podmanFile]: { credHelpers: { 'docker.io': 'secretservice' } } },
      helpers: {
        'docker-credential-secretservice': none,
        'docker-credential-secretservice docker.io': good,
      },
    });
    assert.deepEqual(await computer.find('docker.io'), stored('bob', secret));
  });

  test("a host's own helper goes before the store, and the store before what is written down", async () => {
    const file = {
      credHelpers: { 'gcr.io': 'gcloud' },
      credsStore: 'desktop',
      auths: { 'gcr.io': encoded('file', 'x'), 'ghcr.io': encoded('file', 'x') },
    };
    const helpers = {
      'docker-credential-gcloud': given({ Username: 'gcloud', Secret: 'x' }),
      'docker-credential-desktop': given({ Username: 'desktop', Secret: 'x' }),
    };
    const computer = createComputer({ files: { [dockerFile]: file }, helpers });
    assert.deepEqual(await computer.find('gcr.io'), stored('gcloud', 'x'));
    assert.deepEqual(await computer.find('ghcr.io'), stored('desktop', 'x'));
  });

  test('a helper with an empty name means the file', async () => {
    const file = {
      credHelpers: { 'ghcr.io': '' },
      credsStore: 'desktop',
      auths: { 'ghcr.io': encoded('file', 'x') },
    };
    const computer = createComputer({ files: { [dockerFile]: file } });
    assert.deepEqual(await computer.find('ghcr.io'), stored('file', 'x'));
    assert.deepEqual(computer.runs, []);
  });

  test('the user <token> means an identity token', async () => {
    const helpers = { 'docker-credential-desktop': given({ Username: '<token>', Secret: secret }) };
    const { credential } = await createComputer({ files: store, helpers }).find('x.azurecr.io');
    assert.deepEqual(credential, { kind: 'identity-token', token: secret });
  });

  test('not found means anonymous, without a word', async () => {
    const output = 'credentials not found in native keychain\n';
    const helpers = { 'docker-credential-desktop': { kind: 'ended', ok: false, output } } as const;
    assert.deepEqual(await createComputer({ files: store, helpers }).find('ghcr.io'), nothing);
  });

  for (const [name, result, words] of [
    ['is missing', { kind: 'missing' }, /is not installed or not on the PATH/],
    ['hangs', { kind: 'timed-out' }, /did not answer within 5 seconds/],
    ['floods', { kind: 'too-long' }, /answered with far too much/],
    ['cannot start', { kind: 'failed' }, /could not be run/],
    ['fails', { kind: 'ended', ok: false, output: `bad ${secret}` }, /reported an error/],
    ['prints garbage', { kind: 'ended', ok: true, output: `?${secret}?` }, /no user name and password/],
    ['prints a list', given([secret]), /no user name and password/],
    ['prints no secret', given({ Username: 'bob' }), /no user name and password/],
    ['prints no user', given({ Secret: secret }), /no user name and password/],
  ] as const satisfies readonly (readonly [string, RunResult, RegExp])[]) {
    test(`a helper that ${name} means anonymous, and a notice`, async () => {
      const helpers = { 'docker-credential-desktop': result };
      const { credential, notice = '' } = await createComputer({ files: store, helpers }).find('ghcr.io');
      assert.equal(credential, null);
      assert.match(notice, words);
      assert.match(notice, /docker-credential-desktop \(from .*config\.json\)/);
      assertNoSecret([notice]);
    });
  }

  test('after a helper that fails the file is still read', async () => {
    const file = { credsStore: 'desktop', auths: { 'ghcr.io': encoded('file', 'x') } };
    assert.deepEqual(
      await createComputer({ files: { [dockerFile]: file } }).find('ghcr.io'),
      stored('file', 'x'),
    );
  });

  for (const name of ['../evil', 'a/b', 'a b', 'a;b', '$(x)', 'a\\b']) {
    test(`a helper named "${name}" is not started`, async () => {
      const computer = createComputer({ files: { [dockerFile]: { credsStore: name } } });
      assert.match(
        (await computer.find('ghcr.io')).notice ?? '',
        /name is not allowed\. It was not started\./,
      );
      assert.deepEqual(computer.runs, []);
    });
  }

  test('no helper is started where that is not allowed', async () => {
    const file = { credsStore: 'desktop', auths: { 'quay.io': encoded('file', 'x') } };
    const helpers = { 'docker-credential-desktop': good };
    const computer = createComputer(
      { files: { [dockerFile]: file }, helpers },
      { mayRunHelpers: () => false },
    );
    assert.match(
      (await computer.find('ghcr.io')).notice ?? '',
      /not started in a workspace that is not trusted/,
    );
    assert.deepEqual(await computer.find('quay.io'), stored('file', 'x'));
    assert.deepEqual(computer.runs, []);
  });

  test('an answer is kept for a minute, and a failure for ten seconds', async () => {
    const computer = createComputer({ files: store, helpers: { 'docker-credential-desktop': good } });
    await Promise.all([computer.find('ghcr.io'), computer.find('ghcr.io', 'team/other')]);
    computer.pass(59_999);
    await computer.find('ghcr.io');
    assert.equal(computer.runs.length, 1);
    computer.pass(1);
    await computer.find('ghcr.io');
    assert.equal(computer.runs.length, 2);

    const without = createComputer({ files: store });
    await without.find('ghcr.io');
    without.pass(9_999);
    await without.find('ghcr.io');
    assert.equal(without.runs.length, 1);
    without.pass(1);
    await without.find('ghcr.io');
    assert.equal(without.runs.length, 2);
  });
});

describe('helpers, as real programs', () => {
  /** A helper on the PATH; its body is JavaScript. */
  async function install(t: TestContext, body: string) {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-helper-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, 'docker-credential-test');
    await writeFile(path, `#!${process.execPath}\n${body}\n`);
    await chmod(path, 0o755);
    await writeFile(join(folder, 'config.json'), '{"credsStore":"test"}');
    return { HOME: folder, DOCKER_CONFIG: folder, PATH: folder };
  }

  /** `timeout`: milliseconds, in place of the usual ones. */
  function credentialsFor(env: Readonly<Record<string, string>>, timeout = 60_000) {
    const machine = createNodeMachine(env);
    const impatient: Machine = { ...machine, run: (command) => machine.run({ ...command, timeout }) };
    return createCredentials({ machine: impatient, clock: { now: () => 0 } });
  }

  const never = new AbortController().signal;

  test('reads the host and answers', async (t) => {
    const env = await install(
      t,
      `let host = '';
       process.stdin.on('data', (text) => { host += text; });
       process.stdin.on('end', () => {
         if (process.argv[2] === 'get') console.log(JSON.stringify({ Username: host.trim(), Secret: 's' }));
       });`,
    );
    assert.deepEqual(await credentialsFor(env).find('ghcr.io', 'team/app', never), stored('ghcr.io', 's'));
  });

  test('says on stdout that it has nothing, and ends with 1', async (t) => {
    const env = await install(
      t,
      `console.log('credentials not found in native keychain'); process.exitCode = 1;`,
    );
    assert.deepEqual(await credentialsFor(env).find('ghcr.io', 'team/app', never), nothing);
  });

  test('hangs', async (t) => {
    const env = await install(t, 'setInterval(() => {}, 1000);');
    const { credential, notice } = await credentialsFor(env, 50).find('ghcr.io', 'team/app', never);
    assert.equal(credential, null);
    assert.match(notice ?? '', /did not answer within/);
  });

  test('floods', async (t) => {
    const env = await install(
      t,
      `const flood = () => process.stdout.write('x'.repeat(65536), flood); flood();`,
    );
    const { notice } = await credentialsFor(env).find('ghcr.io', 'team/app', never);
    assert.match(notice ?? '', /answered with far too much/);
  });

  test('answers, and leaves something running that holds its output open', async (t) => {
    const env = await install(
      t,
      `const { spawn } = require('node:child_process');
       spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: ['ignore', 'inherit', 'ignore'] }).unref();
       process.stdout.write(JSON.stringify({ Username: 'bob', Secret: 's' }));`,
    );
    assert.deepEqual(await credentialsFor(env).find('ghcr.io', 'team/app', never), stored('bob', 's'));
  });

  test('hangs in a program that it has started, which ends with it', async (t) => {
    const env = await install(
      t,
      `const { spawn } = require('node:child_process');
       const { writeFileSync } = require('node:fs');
       const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'inherit' });
       writeFileSync(process.env.HOME + '/pid', String(child.pid));
       process.stdout.write('x'.repeat(100000));`,
    );
    const { notice } = await credentialsFor(env).find('ghcr.io', 'team/app', never);
    assert.match(notice ?? '', /answered with far too much/);
    const pid = Number(await readFile(join(env.HOME, 'pid'), 'utf8'));
    while (isRunning(pid)) await new Promise(setImmediate);
  });

  test('is started though the home folder is missing', async (t) => {
    const env = await install(t, `console.log(JSON.stringify({ Username: 'bob', Secret: 's' }))`);
    const lost = { ...env, HOME: '/nonexistent' };
    assert.deepEqual(await credentialsFor(lost).find('ghcr.io', 'team/app', never), stored('bob', 's'));
  });

  test('ends without reading', async (t) => {
    const env = await install(t, 'process.exit(3);');
    const { notice } = await credentialsFor(env).find('ghcr.io', 'team/app', never);
    assert.match(notice ?? '', /reported an error/);
  });

  test('is not there', async (t) => {
    const env = await install(t, '');
    await rm(join(env.HOME, 'docker-credential-test'));
    const { notice } = await credentialsFor(env).find('ghcr.io', 'team/app', never);
    assert.match(notice ?? '', /is not installed or not on the PATH/);
  });

  test('is stopped when the lookup is cancelled', async (t) => {
    const env = await install(t, 'setInterval(() => {}, 1000);');
    const controller = new AbortController();
    const finding = credentialsFor(env).find('ghcr.io', 'team/app', controller.signal);
    controller.abort(new Error('enough'));
    await assert.rejects(finding, /enough/);
  });

  test('a broken helper is named where it matters: when the registry lets nobody in', async (t) => {
    const server = await startHostile((_, response) =>
      answer(response, 401, { 'www-authenticate': 'Basic realm="x"' }),
    );
    t.after(() => server.stop());
    const credentials = credentialsFor(await install(t, `console.log('${secret}'); process.exitCode = 1;`));
    const client = createTestClient({ credentials });
    const lookup = await client.look(`${server.host}/team/app:1.0`);
    assertFailed(lookup, 'no-access', /or it is private/, /docker-credential-test .* reported an error/);
    await client.look(`${server.host}/team/other:1.0`);
    assert.equal(client.log.filter((line) => line.startsWith('The credential helper')).length, 1);
    assertNoSecret([...client.log, JSON.stringify(lookup)]);
  });
});

/** A process that has ended runs no more, whether or not anybody has asked about it. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('files, as they lie on disk', () => {
  async function read(t: TestContext, make: (path: string) => Promise<unknown>) {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-file-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, 'config.json');
    await make(path);
    const env = { HOME: folder, DOCKER_CONFIG: folder, XDG_RUNTIME_DIR: folder };
    const credentials = createCredentials({ machine: createNodeMachine(env), clock: { now: () => 0 } });
    const found = await credentials.find('ghcr.io', 'team/app', new AbortController().signal);
    return { ...found, notice: found.notice?.replace(path, 'FILE') };
  }

  const content = JSON.stringify({ auths: { 'ghcr.io': encoded('bob', 'x') } });
  const unused = 'so what it stores is not used.';

  test('a link to a file', async (t) => {
    const { credential } = await read(t, async (path) => {
      await writeFile(`${path}.real`, content);
      await symlink(`${path}.real`, path);
    });
    assert.deepEqual({ credential }, stored('bob', 'x'));
  });

  for (const [name, make, notice] of [
    ['nothing', async () => {}, undefined],
    ['a link to nothing', (path) => symlink('/nonexistent', path), undefined],
    ['a link to itself', (path) => symlink(path, path), `FILE cannot be read (ELOOP), ${unused}`],
    ['a folder', (path) => mkdir(path), `FILE is no ordinary file, ${unused}`],
    ['a device', (path) => symlink('/dev/zero', path), `FILE is no ordinary file, ${unused}`],
    [
      'a pipe that nobody writes to',
      async (path) => execFileSync('mkfifo', [path]),
      `FILE is no ordinary file, ${unused}`,
    ],
    [
      'more than anyone stores',
      async (path) => {
        await writeFile(path, content);
        await truncate(path, 1024 * 1024 + 1);
      },
      `FILE is far too large, ${unused}`,
    ],
  ] as const satisfies readonly (readonly [
    string,
    (path: string) => Promise<unknown>,
    string | undefined,
  ])[]) {
    test(name, async (t) => {
      assert.deepEqual(await read(t, make), { credential: null, notice });
    });
  }
});

describe('what was given to Holdfast itself', () => {
  const own = { kind: 'password', username: 'own', password: secret } as const;
  const files = { [dockerFile]: { auths: { 'ghcr.io': encoded('file', 'x') } } };

  test('goes before files and helpers', async () => {
    const computer = createComputer(
      { files: { [dockerFile]: { ...files[dockerFile], credsStore: 'desktop' } } },
      { keychain: { get: async (host) => (host === 'ghcr.io' ? own : null) } },
    );
    assert.deepEqual(await computer.find('ghcr.io'), { credential: own, isOwn: true });
    assert.deepEqual(computer.runs, []);
  });

  test('is for its host alone', async () => {
    const keychain = { get: async (host: string) => (host === 'ghcr.io' ? own : null) };
    for (const host of ['docker.io', 'ghcr.io:443', 'sub.ghcr.io']) {
      assert.deepEqual(await createComputer({}, { keychain }).find(host), nothing);
    }
  });

  test('is done without where the keychain fails', async () => {
    const keychain = { get: () => Promise.reject(new Error(secret)) };
    assert.deepEqual(await createComputer({ files }, { keychain }).find('ghcr.io'), stored('file', 'x'));
  });

  test('is asked for once by the lookups of one moment, and anew after that', async () => {
    let asked = 0;
    const keychain = {
      get: async () => {
        asked++;
        await new Promise(setImmediate);
        return own;
      },
    };
    const computer = createComputer({}, { keychain });
    await Promise.all([computer.find('ghcr.io'), computer.find('ghcr.io', 'team/other')]);
    assert.equal(asked, 1);
    await computer.find('ghcr.io');
    assert.equal(asked, 2);
  });

  test('does not hold up a lookup beyond its deadline where the keychain hangs', async (t) => {
    const server = await startHostile((_, response) =>
      answer(response, 401, { 'www-authenticate': 'Basic realm="x"' }),
    );
    t.after(() => server.stop());
    const timers = new ManualTimers();
    let isAsked = false;
    const keychain = {
      get: () => {
        isAsked = true;
        return new Promise<null>(() => {});
      },
    };
    const machine = createNodeMachine({ HOME: '/nonexistent' });
    const credentials = createCredentials({ machine, keychain, clock: { now: () => 0 } });
    const looking = createTestClient({ credentials, timers }).look(`${server.host}/team/app:1.0`);
    while (!isAsked) await new Promise(setImmediate);
    timers.expire();
    assertFailed(await looking, 'timed-out');
  });
});

test('the password of one host is never sent to another', async (t) => {
  const server = await startHostile((_, response) =>
    answer(response, 401, { 'www-authenticate': 'Basic realm="x"' }),
  );
  t.after(() => server.stop());
  const client = createTestClient({
    stored: { 'docker.io': password, 'ghcr.io': password, localhost: password },
  });
  assertFailed(await client.look(`${server.host}/team/app:1.0`), 'no-access');
  assert.ok(server.requests.every(({ headers }) => headers.authorization === undefined));
});
