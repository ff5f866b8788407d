import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type FileSummary, WorkspaceIndex } from '../../server/src/engine/index.ts';
import { alone, joinPins } from '../../server/src/engine/workspace/workspace-index.ts';

const nginx = 'docker.io/library/nginx:1.27.3';

const says = (path: string, more: Partial<FileSummary> = {}): FileSummary => ({
  path,
  pins: [],
  built: [],
  builds: [],
  consumes: [],
  replaced: [],
  ...more,
});

const pins = (path: string, digest: string, line = 1, count = 1): FileSummary =>
  says(path, { pins: [{ name: nginx, digest, line, count }] });

const builds = (path: string, dockerfile: string): FileSummary =>
  says(path, { builds: [{ images: ['docker.io/shop/api:1'], dockerfile, target: null }] });

const built = (dockerfile: string, volumes: readonly string[]): FileSummary =>
  says(dockerfile, { built: [{ dockerfile, target: null, volumes, hasHealthcheck: false }] });

function workspace(...outlines: readonly FileSummary[]): WorkspaceIndex {
  const made = new WorkspaceIndex();
  for (const one of outlines) made.put(one);
  return made;
}

describe('where a tag is pinned', () => {
  test('is told by digest, most used first, with the places in the order of their paths', () => {
    const made = workspace(pins('/c', 'sha256:b'), pins('/b', 'sha256:a', 7, 2), pins('/a', 'sha256:b', 3));
    const found = made.around(pins('/own', 'sha256:b', 9)).pinsOf(nginx);
    assert.deepEqual(found, [
      {
        digest: 'sha256:b',
        count: 3,
        places: [
          { path: '/own', line: 9 },
          { path: '/a', line: 3 },
          { path: '/c', line: 1 },
        ],
      },
      { digest: 'sha256:a', count: 2, places: [{ path: '/b', line: 7 }] },
    ]);
  });

  test('is told for one platform without the pins for others', () => {
    const on = (path: string, digest: string, platform?: string): FileSummary =>
      says(path, { pins: [{ name: nginx, digest, line: 1, count: 1, ...(platform && { platform }) }] });
    const made = workspace(
      on('/a', 'sha256:a', 'linux amd64'),
      on('/b', 'sha256:b', 'linux arm64'),
      on('/c', 'sha256:c'),
    );
    const digests = (platform?: string): readonly string[] =>
      made
        .around(says('/own'))
        .pinsOf(nginx, platform)
        .map(({ digest }) => digest);
    assert.deepEqual(digests('linux amd64'), ['sha256:a', 'sha256:c']);
    assert.deepEqual(digests('linux arm64'), ['sha256:b', 'sha256:c']);
    assert.deepEqual(digests(), ['sha256:a', 'sha256:b', 'sha256:c']);
  });

  test('is what the file itself says now, not what was known of it', () => {
    const made = workspace(pins('/own', 'sha256:old'));
    assert.deepEqual(
      made
        .around(pins('/own', 'sha256:new'))
        .pinsOf(nginx)
        .map(({ digest }) => digest),
      ['sha256:new'],
    );
    assert.deepEqual(made.around(says('/own')).pinsOf(nginx), []);
  });

  test('counts the places of a file, and names the first', () => {
    assert.deepEqual(
      joinPins([
        { name: nginx, digest: 'sha256:a', line: 2 },
        { name: nginx, digest: 'sha256:b', line: 3 },
        { name: nginx, digest: 'sha256:a', line: 4 },
      ]),
      [
        { name: nginx, digest: 'sha256:a', line: 2, count: 2 },
        { name: nginx, digest: 'sha256:b', line: 3, count: 1 },
      ],
    );
  });

  test('names a few places of many', () => {
    const made = workspace(...Array.from({ length: 40 }, (_, at) => pins(`/${at}`, 'sha256:a')));
    const [found] = made.around(says('/own')).pinsOf(nginx);
    assert.equal(found?.count, 40);
    assert.equal(found?.places.length, 10);
  });
});

describe('what is built', () => {
  test('is found by its Dockerfile and by the name somebody builds it under', () => {
    const made = workspace(built('/api/Dockerfile', ['/data']), builds('/compose.yaml', '/api/Dockerfile'));
    const around = made.around(says('/k8s.yaml'));
    assert.deepEqual(around.builtFrom('/api/Dockerfile', null)?.volumes, ['/data']);
    assert.deepEqual(around.builtAs('docker.io/shop/api:1')?.volumes, ['/data']);
    assert.equal(around.builtFrom('/web/Dockerfile', null), undefined);
    assert.equal(around.builtFrom('/api/Dockerfile', 'debug'), undefined);
    assert.equal(around.builtAs('docker.io/shop/api:2'), undefined);
  });

  test('is not guessed where two files build different things under one name', () => {
    const two = [built('/a/Dockerfile', ['/a']), built('/b/Dockerfile', ['/b'])];
    const made = workspace(...two, builds('/a.yaml', '/a/Dockerfile'), builds('/b.yaml', '/b/Dockerfile'));
    assert.equal(made.around(says('/k8s.yaml')).builtAs('docker.io/shop/api:1'), undefined);
    const own = made.around(builds('/b.yaml', '/b/Dockerfile'));
    assert.deepEqual(
      own.builtAs('docker.io/shop/api:1')?.volumes,
      ['/b'],
      'what the file itself builds counts',
    );
  });
});

test('a configuration is read by a workload of the same namespace, or of none', () => {
  const reader = (namespace: string) => says('/app.yaml', { consumes: [`ConfigMap/${namespace}/settings`] });
  const isConsumed = (namespace: string, by: string): boolean =>
    workspace(reader(by)).around(says('/own')).isConsumed(`ConfigMap/${namespace}/settings`);
  assert.equal(isConsumed('shop', 'shop'), true);
  assert.equal(isConsumed('shop', ''), true);
  assert.equal(isConsumed('', 'shop'), true);
  assert.equal(isConsumed('shop', 'other'), false);
  assert.equal(workspace(reader('shop')).around(says('/own')).isConsumed('Secret/shop/settings'), false);
});

describe('an answer', () => {
  test('is settled until another file says something else about what was asked', () => {
    const made = workspace(pins('/a', 'sha256:a'));
    const around = made.around(pins('/own', 'sha256:b'));
    assert.equal(around.wasAsked, false);
    around.pinsOf(nginx);
    assert.equal(around.wasAsked, true);
    assert.equal(around.isSettled(), true);
    made.put(pins('/a', 'sha256:b'));
    assert.equal(around.isSettled(), false);
    made.put(pins('/a', 'sha256:a'));
    assert.equal(around.isSettled(), true);
    made.put(built('/api/Dockerfile', []));
    assert.equal(around.isSettled(), true, 'nobody asked about that');
    made.put(pins('/own', 'sha256:c'));
    assert.equal(around.isSettled(), true, 'of the file itself its own text counts');
    made.remove('/a');
    assert.equal(around.isSettled(), false);
  });

  test('can be weighed by another workspace, after a way through JSON', () => {
    const own = pins('/own', 'sha256:b');
    const questions = [
      ['pinsOf', pins('/a', 'sha256:a')],
      ['builtFrom', built('/api/Dockerfile', ['/data'])],
      ['isConsumed', says('/app.yaml', { consumes: ['ConfigMap/shop/settings'] })],
      ['isReplaced', says('/skaffold.yaml', { replaced: ['docker.io/library/nginx'] })],
    ] as const;
    const askAll = (made: WorkspaceIndex) => {
      const around = made.around(own);
      around.pinsOf(nginx);
      around.builtAs('docker.io/shop/api:1');
      around.builtFrom('/api/Dockerfile', null);
      around.isConsumed('ConfigMap/shop/settings');
      around.isReplaced('docker.io/library/nginx');
      return around.answers;
    };
    const answers = JSON.parse(JSON.stringify(askAll(workspace())));
    assert.equal(answers.length, questions.length + 1);
    assert.equal(workspace().wouldSay(own, answers), true);
    assert.equal(workspace(pins('/own', 'sha256:c')).wouldSay(own, answers), true, 'its own text counts');
    for (const [question, other] of questions) {
      const made = workspace(other);
      assert.equal(made.wouldSay(own, answers), false, question);
      assert.equal(made.wouldSay(own, JSON.parse(JSON.stringify(askAll(made)))), true, question);
    }
    // What is built under a name depends on two files.
    const dockerfile = built('/shop/Dockerfile', ['/data']);
    const requested = workspace(dockerfile, builds('/c.yaml', '/shop/Dockerfile'));
    assert.equal(workspace(dockerfile).wouldSay(own, answers), true);
    assert.equal(requested.wouldSay(own, answers), false);
  });

  test('stays what it was for the one who asked', () => {
    const made = workspace(pins('/a', 'sha256:a'));
    const around = made.around(says('/own'));
    const first = around.pinsOf(nginx);
    made.remove('/a');
    assert.equal(around.pinsOf(nginx), first);
    assert.deepEqual(made.around(says('/own')).pinsOf(nginx), []);
  });

  test('of a file that is read alone is what that file says', () => {
    assert.equal(alone(pins('/own', 'sha256:a')).pinsOf(nginx).length, 1);
    assert.deepEqual(alone(says('/own')).pinsOf(nginx), []);
  });
});

test('the epoch goes up only when something is said that was not known', () => {
  const made = workspace(pins('/a', 'sha256:a'));
  const { epoch } = made;
  made.put(pins('/a', 'sha256:a'));
  made.put(says('/b'));
  made.remove('/c');
  assert.equal(made.epoch, epoch);
  made.put(pins('/a', 'sha256:a', 2));
  assert.equal(made.epoch, epoch + 1);
  made.put(says('/a'));
  assert.equal(made.epoch, epoch + 2);
});

test('after any changes it answers as if it had been told the last state at once', () => {
  const outline = fc.record({
    path: fc.constantFrom('/a', '/b', '/c'),
    digests: fc.array(fc.constantFrom('sha256:a', 'sha256:b'), { maxLength: 3 }),
    dockerfile: fc.constantFrom('/x/Dockerfile', '/y/Dockerfile'),
    consumes: fc.subarray(['ConfigMap/shop/settings', 'ConfigMap//settings', 'Secret/shop/keys']),
    isGone: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(outline, { maxLength: 12 }), (steps) => {
      const grown = new WorkspaceIndex();
      const last = new Map<string, FileSummary>();
      for (const { consumes, digests, dockerfile, isGone, path } of steps) {
        const said = {
          ...builds(path, dockerfile),
          ...(digests.includes('sha256:a') && { built: built(dockerfile, digests).built }),
          pins: joinPins(digests.map((digest, line) => ({ name: nginx, digest, line }))),
          consumes,
        };
        if (isGone) grown.remove(path);
        else grown.put(said);
        last.delete(path);
        if (!isGone) last.set(path, said);
      }
      const answers = (made: WorkspaceIndex) => {
        const around = made.around(says('/own'));
        return [
          around.pinsOf(nginx),
          around.builtFrom('/x/Dockerfile', null),
          around.builtAs('docker.io/shop/api:1'),
          around.isConsumed('ConfigMap/shop/settings'),
          around.isConsumed('Secret//keys'),
        ];
      };
      assert.deepEqual(answers(grown), answers(workspace(...last.values())));
    }),
  );
});

describe('what a tool builds and puts in the place of an image', () => {
  const api = 'docker.io/shop/api';
  const skaffold = (path: string): FileSummary => says(path, { replaced: [api] });

  test('counts for files in its folder and below it', () => {
    const made = workspace(skaffold('/shop/skaffold.yaml'));
    assert.ok(made.around(says('/shop/k8s/api.yaml')).isReplaced(api));
    assert.ok(!made.around(says('/shop/k8s/api.yaml')).isReplaced('docker.io/shop/web'));
    for (const elsewhere of ['/shop2/api.yaml', '/api.yaml']) {
      assert.ok(!made.around(says(elsewhere)).isReplaced(api), elsewhere);
    }
  });

  test('is asked again when it changes', () => {
    const made = workspace();
    const around = made.around(says('/shop/api.yaml'));
    assert.ok(!around.isReplaced(api));
    assert.ok(around.wasAsked);
    made.put(skaffold('/shop/skaffold.yaml'));
    assert.ok(!around.isReplaced(api));
    assert.ok(!around.isSettled());
    made.remove('/shop/skaffold.yaml');
    assert.ok(around.isSettled());
  });
});
