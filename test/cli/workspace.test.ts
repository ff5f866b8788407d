import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { digest, type InvokeOptions, invoke, makeFolder, writeFiles } from './support.ts';

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
    assert.match(found[0]?.message ?? '', /`\.\.\/web\/Dockerfile` \(line 2\)/);
    assert.match(found[1]?.message ?? '', /`\.\.\/api\/Dockerfile` \(line 1\)/);
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
