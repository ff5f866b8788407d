import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { AuditFinding } from '../../server/src/engine/index.ts';
import { digest, fakeRegistry, type InvokeOptions, invoke, makeFolder, writeFiles } from './support.ts';

interface Finding {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

async function mismatches(
  folder: string,
  operands: readonly string[] = [],
  options: InvokeOptions = {},
): Promise<readonly Finding[]> {
  const { err, out } = await invoke(folder, ['audit', '--format', 'json', ...operands], options);
  assert.equal(err, '');
  const { findings }: { findings: Finding[] } = JSON.parse(out);
  return findings.filter(({ rule }) => rule === 'mismatched-digests');
}

const places = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ file, line }) => `${file}:${line}`);

const from = (digit: string): string => `FROM nginx:1.27.3@${digest(digit)}\n`;

const two = { 'api/Dockerfile': from('a'), 'web/Dockerfile': `# the shop\n${from('b')}` };

describe('an audit of several files', () => {
  it('compares them, whichever comes first', async (t) => {
    const folder = await makeFolder(t, two);
    const found = await mismatches(folder);
    assert.deepEqual(places(found), ['api/Dockerfile:1', 'web/Dockerfile:2']);
    assert.match(found[0]?.message ?? '', /`\.\.\/web\/Dockerfile`/);
    assert.match(found[1]?.message ?? '', /`\.\.\/api\/Dockerfile`/);
  });

  it('keeps the order of the report, and exits as its findings say', async (t) => {
    const folder = await makeFolder(t, {
      ...two,
      'b/Dockerfile': 'FROM nginx\n',
      'z/Dockerfile': 'FROM node\n',
    });
    const { out, status } = await invoke(folder, ['audit', '--fail-on', 'warning']);
    assert.equal(status, 1);
    const files = out.split('\n').flatMap((line) => /^(\S+):\d+:\d+ +warning/.exec(line)?.[1] ?? []);
    assert.deepEqual(files, ['api/Dockerfile', 'b/Dockerfile', 'web/Dockerfile', 'z/Dockerfile']);
    await writeFiles(folder, { 'web/Dockerfile': from('a') });
    assert.deepEqual(await mismatches(folder), []);
  });

  it('tells the other places in SARIF', async (t) => {
    const folder = await makeFolder(t, two);
    const { out } = await invoke(folder, ['audit', '--format', 'sarif']);
    const results: { ruleId: string; relatedLocations?: { physicalLocation: unknown }[] }[] =
      JSON.parse(out).runs[0].results;
    const [first] = results.filter(({ ruleId }) => ruleId === 'mismatched-digests');
    assert.deepEqual(
      first?.relatedLocations?.map(({ physicalLocation }) => physicalLocation),
      [
        {
          artifactLocation: { uri: 'web/Dockerfile', uriBaseId: '%SRCROOT%' },
          region: { startLine: 2 },
        },
      ],
    );
  });
});

describe('the files around those that are named', () => {
  it('are taken into account, and not reported', async (t) => {
    const folder = await makeFolder(t, two);
    assert.deepEqual(places(await mismatches(folder, ['web/Dockerfile'])), ['web/Dockerfile:2']);
    assert.deepEqual(places(await mismatches(folder, ['api'])), ['api/Dockerfile:1']);
    assert.deepEqual(places(await mismatches(join(folder, 'api'))), ['Dockerfile:1']);
  });

  it('are those that an audit of the whole would look at', async (t) => {
    const folder = await makeFolder(t, {
      ...two,
      '.gitignore': 'web/\n',
      'other/.holdfast.yaml': 'ignore: [Dockerfile]\n',
      'other/Dockerfile': from('c'),
      'node_modules/x/Dockerfile': from('c'),
    });
    assert.deepEqual(await mismatches(folder, ['api/Dockerfile']), []);
  });

  it('end at the repository, or at the folder of the configuration where there is none', async (t) => {
    const folder = await makeFolder(t, {
      'outside/Dockerfile': from('c'),
      'inside/.holdfast.yaml': 'profile: recommended\n',
      'inside/api/Dockerfile': from('a'),
      'inside/web/Dockerfile': from('b'),
    });
    await rm(join(folder, '..', '.git'), { recursive: true });
    assert.deepEqual(places(await mismatches(folder, ['inside/api/Dockerfile'])), [
      'inside/api/Dockerfile:1',
    ]);
    assert.deepEqual(await mismatches(folder, ['outside/Dockerfile']), []);
    await mkdir(join(folder, 'inside', 'api', '.git'));
    assert.deepEqual(await mismatches(folder, ['inside/api/Dockerfile']), []);
  });

  it('do not stop an audit by what is wrong with them', async (t) => {
    const folder = await makeFolder(t, {
      ...two,
      'bad/compose.yaml': 'services: [\n',
      'worse/.holdfast.yaml': 'no: yes\n',
      'worse/Dockerfile': from('c'),
    });
    const { err, status } = await invoke(folder, ['audit', 'api/Dockerfile', '--fail-on', 'never']);
    assert.deepEqual([err, status], ['', 0]);
  });
});

describe('files that a manifest names under another name', () => {
  const files = {
    'compose.yaml': [
      'include: [shared.compose, {path: [more.txt]}]',
      'services:',
      '  a: {build: {context: docker, dockerfile: prod.build}, read_only: true}',
      '  b: {extends: {file: base.part, service: b}}',
      '',
    ].join('\n'),
    'docker/prod.build': 'FROM nginx:latest\n',
    'shared.compose': 'services: {c: {image: "redis:latest"}}\n',
    'more.txt': 'services: {d: {build: {context: ., dockerfile: deep.recipe}}}\n',
    'base.part': 'services: {b: {image: "httpd:latest"}}\n',
    'deep.recipe': 'FROM alpine:latest\n',
    'docker-bake.hcl': 'target "t" {\n  dockerfile = "bake.recipe"\n}\n',
    'bake.recipe': 'FROM debian:latest\n',
    '../outside.recipe': 'FROM busybox:latest\n',
    'out/compose.yaml': 'services: {o: {build: {context: ../.., dockerfile: outside.recipe}}}\n',
  };

  it('are audited as what they are, within the folders that are searched', async (t) => {
    const folder = await makeFolder(t, files);
    const { out } = await invoke(folder, ['audit', '--format', 'json', '--fail-on', 'never']);
    const found = JSON.parse(out).findings.filter(({ rule }: AuditFinding) => rule === 'floating-tag');
    assert.deepEqual(found.map(({ file }: AuditFinding) => file).sort(), [
      'bake.recipe',
      'base.part',
      'deep.recipe',
      'docker/prod.build',
      'shared.compose',
    ]);
  });

  it('are pinned, too', async (t) => {
    const folder = await makeFolder(t, files);
    const registry = fakeRegistry(() => digest('a'));
    const { out } = await invoke(folder, ['pin', '--write'], { registry });
    for (const file of ['bake.recipe', 'base.part', 'docker/prod.build', 'shared.compose'])
      assert.ok(out.includes(`Pinned 1 image in ${file}\n`), out);
    assert.ok(registry.asked.every((name) => !name.includes('busybox')));
  });

  it('are left out where the policy leaves them out', async (t) => {
    const folder = await makeFolder(t, { ...files, '.holdfast.yaml': 'ignore: ["*.recipe", docker/]\n' });
    const { out } = await invoke(folder, ['audit', '--format', 'json', '--fail-on', 'never']);
    assert.doesNotMatch(out, /recipe|prod\.build/);
  });
});
