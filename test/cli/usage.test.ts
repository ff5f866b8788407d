import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import manifest from '../../package.json' with { type: 'json' };
import { commandNames, help } from '../../server/src/cli/usage.ts';
import { invoke, makeFolder } from './support.ts';

const cwd = import.meta.dirname;

describe('help', () => {
  for (const argv of [['--help'], ['-h'], ['--help', '--color']]) {
    it(`holdfast ${argv.join(' ')}`, async () => {
      assert.deepEqual(await invoke(cwd, argv), { status: 0, out: help(null), err: '' });
    });
  }

  for (const command of commandNames) {
    it(`of ${command} has its options and examples, and is in the overview`, async () => {
      const { err, out, status } = await invoke(cwd, [command, '--help', 'whatever']);
      assert.deepEqual([status, err], [0, '']);
      assert.match(out, new RegExp(`Usage: holdfast ${command} `));
      const config = command === 'explain' || command === 'cache' ? [] : ['--config FILE'];
      const color = command === 'cache' ? [] : ['--color, --no-color'];
      for (const part of [...config, ...color, 'Exit status:', `Examples:\n  holdfast ${command}`]) {
        assert.equal(out.includes(part), true, part);
      }
      assert.match(help(null), new RegExp(`^ {2}${command} `, 'm'));
    });
  }

  it('fits in a terminal of 110 columns', () => {
    const lines = [null, ...commandNames].flatMap((command) => help(command).split('\n'));
    assert.deepEqual(
      lines.filter((line) => line.length > 110),
      [],
    );
  });

  it('tells the version', async () => {
    assert.deepEqual(await invoke(cwd, ['--version']), { status: 0, out: `${manifest.version}\n`, err: '' });
  });
});

const bad: readonly (readonly [argv: readonly string[], message: string])[] = [
  [[], 'Say what to do: holdfast audit, pin, resolve, explain or cache.'],
  [['aduit'], 'There is no command "aduit". Did you mean audit?'],
  [['frobnicate'], 'There is no command "frobnicate".'],
  [['--fromat', 'json'], 'There is no option --fromat. Did you mean --format?'],
  [['audit', '--fromat', 'json'], 'There is no option --fromat. Did you mean --format?'],
  [['audit', '-x'], 'There is no option -x.'],
  [['audit', '--no-write'], 'There is no option --no-write.'],
  [['audit', '--write'], 'holdfast audit has no option --write; holdfast pin has.'],
  [['pin', '--format', 'json'], 'holdfast pin has no option --format; holdfast audit has.'],
  [['resolve', '--output=x', 'nginx'], 'holdfast resolve has no option --output; holdfast audit has.'],
  [['audit', '--format'], '--format needs a value, as in --format=json.'],
  [['audit', '--format', '--color'], '--format needs a value, as in --format=json.'],
  [['audit', '--output='], '--output needs a value, as in --output=FILE.'],
  [['pin', '--config'], '--config needs a value, as in --config=FILE.'],
  [['audit', '--fail-on'], '--fail-on needs a value, as in --fail-on=error.'],
  [['pin', '--write=yes'], '--write takes no value.'],
  [
    ['audit', '--format', 'sarf'],
    '--format is one of text, json, sarif, markdown, not "sarf". Did you mean sarif?',
  ],
  [['audit', '--format=constructor'], '--format is one of text, json, sarif, markdown, not "constructor".'],
  [
    ['audit', '--fail-on', 'errors'],
    '--fail-on is one of error, warning, information, hint, never, not "errors". Did you mean error?',
  ],
  [['explain', '--config=x'], 'holdfast explain has no option --config; holdfast audit has.'],
  [['explian'], 'There is no command "explian". Did you mean explain?'],
  [
    ['audit', '--online', '--offline'],
    '--online asks the registries, and --offline asks nobody: leave one of them out.',
  ],
  [['explain', '--offline'], 'holdfast explain has no option --offline; holdfast pin has.'],
  [['cache', 'nginx'], 'holdfast cache takes options only: it is about all that is kept.'],
  [['cache', '--color'], 'holdfast cache has no option --color; holdfast audit has.'],
  [['pin', '--clear'], 'holdfast pin has no option --clear; holdfast cache has.'],
  [['cache', '--clera'], 'There is no option --clera. Did you mean --clear?'],
  [['resolve'], 'Name the images to resolve, as in holdfast resolve nginx:1.27.4.'],
];

describe('bad usage is told with a hint, on the error output', () => {
  for (const [argv, message] of bad) {
    it(`holdfast ${argv.join(' ')}`, async () => {
      const { err, out, status } = await invoke(cwd, argv);
      const [first, second, ...rest] = err.split('\n');
      assert.deepEqual([status, out, first], [2, '', `holdfast: ${message}`]);
      const command = commandNames.find((name) => name === argv[0]);
      assert.equal(
        second,
        `holdfast: more with holdfast ${command === undefined ? '' : `${command} `}--help`,
      );
      assert.deepEqual(rest, ['']);
    });
  }
});

it('what follows -- is a path, and options may stand anywhere', async (t) => {
  const folder = await makeFolder(t, { '--format': '' });
  const { err, status } = await invoke(folder, ['audit', '--fail-on', 'never', '--', '--format', 'gone']);
  assert.deepEqual([status, err], [2, 'holdfast: gone: no such file or folder\n']);
  assert.equal((await invoke(folder, ['--fail-on=never', 'audit', '.', '--no-color'])).status, 0);
});
