import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { shownPath } from '../../server/src/cli/files.ts';
import { type WalkOptions, walk } from '../../server/src/files/walk.ts';
import { makeFolder, writeFiles } from './support.ts';

const options: WalkOptions = {
  isCandidate: (path) => path.endsWith('.yaml'),
  isLeftOut: async () => false,
  signal: new AbortController().signal,
};

/** What a walk from `paths` (below `folder`) gives: names, and `name: reason` for what is not looked at. */
async function walked(
  folder: string,
  paths: readonly string[] = ['.'],
  over: Partial<WalkOptions> = {},
): Promise<readonly string[]> {
  const found: string[] = [];
  const absolute = paths.map((path) => join(folder, path));
  for await (const entry of walk(absolute, { ...options, ...over })) {
    const name = shownPath(folder, entry.path);
    found.push(entry.kind === 'file' ? name : `${name}: ${entry.reason}`);
  }
  return found;
}

/** Empty files by their names. */
const empty = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, '']));

describe('a walk', () => {
  it('gives candidates in the order of their names, depth first', async (t) => {
    const folder = await makeFolder(
      t,
      empty('b.yaml', 'a/z.yaml', 'a/b/c.yaml', 'a.yaml', 'B.yaml', 'x.txt', 'é.yaml'),
    );
    assert.deepEqual(await walked(folder), [
      'B.yaml',
      'a/b/c.yaml',
      'a/z.yaml',
      'a.yaml',
      'b.yaml',
      'é.yaml',
    ]);
  });

  it('passes over .git and node_modules, unless they are named', async (t) => {
    const folder = await makeFolder(
      t,
      empty('.git/a.yaml', 'node_modules/a.yaml', 'a/node_modules/b.yaml', '.github/a.yaml', '.hidden.yaml'),
    );
    assert.deepEqual(await walked(folder), ['.github/a.yaml', '.hidden.yaml']);
    assert.deepEqual(await walked(folder, ['node_modules']), ['node_modules/a.yaml']);
  });

  it('gives files that are named whatever their names, and each file once', async (t) => {
    const folder = await makeFolder(t, empty('a.yaml', 'notes.txt', 'sub/b.yaml'));
    assert.deepEqual(await walked(folder, ['notes.txt', 'sub', '.', 'a.yaml']), [
      'notes.txt',
      'sub/b.yaml',
      'a.yaml',
    ]);
  });

  it('tells of what is not there', async (t) => {
    const folder = await makeFolder(t, empty('a.yaml'));
    assert.deepEqual(await walked(folder, ['nope', 'a.yaml', 'a.yaml/x']), [
      'nope: no such file or folder',
      'a.yaml',
      'a.yaml/x: a part of the path is a file, not a folder',
    ]);
  });

  it('leaves out what the settings leave out, folders before they are opened', async (t) => {
    const folder = await makeFolder(t, empty('a/b.yaml', 'c.yaml', 'd.yaml'));
    const asked: string[] = [];
    const found = await walked(folder, ['.'], {
      isLeftOut: async (path, isFolder) => {
        const name = shownPath(folder, path) + (isFolder ? '/' : '');
        asked.push(name);
        return name === 'a/' || name === 'c.yaml';
      },
    });
    assert.deepEqual(found, ['d.yaml']);
    assert.deepEqual(asked, ['a/', 'c.yaml', 'd.yaml']);
  });

  it('stops when asked to', async (t) => {
    const folder = await makeFolder(t, empty('a.yaml', 'b.yaml'));
    const stop = new AbortController();
    const found: string[] = [];
    for await (const entry of walk([folder], { ...options, signal: stop.signal })) {
      found.push(entry.path);
      stop.abort();
    }
    assert.equal(found.length, 1);
  });
});

describe('symbolic links', () => {
  it('to folders are not followed when met, so that no loop arises', async (t) => {
    const folder = await makeFolder(t, empty('a/real.yaml'));
    await symlink('..', join(folder, 'a/up'));
    await symlink('..', join(folder, 'a/up.yaml'));
    await symlink('self.yaml', join(folder, 'self.yaml'));
    await symlink('nowhere', join(folder, 'dangling'));
    assert.deepEqual(await walked(folder), [
      'a/real.yaml',
      'self.yaml: it is a symbolic link that leads nowhere',
    ]);
  });

  it('say by their names what a file is; one that is found itself is read once', async (t) => {
    const folder = await makeFolder(t, { ...empty('a/real.yaml', 'a/other.txt'), '../beside': '' });
    await symlink('real.yaml', join(folder, 'a/again.yaml'));
    await symlink('other.txt', join(folder, 'a/other.yaml'));
    await symlink('../beside', join(folder, 'beside.yaml'));
    await symlink('/etc/hostname', join(folder, 'out.yaml'));
    assert.deepEqual(await walked(folder), [
      'a/other.yaml',
      'a/real.yaml',
      // The repository of these tests begins one folder above.
      'beside.yaml',
      'out.yaml: it is a symbolic link that leads out of the repository; name it to have it read',
    ]);
  });

  it('are followed when named', async (t) => {
    const folder = await makeFolder(t, empty('a/real.yaml'));
    await symlink('a', join(folder, 'folder'));
    await symlink('a/real.yaml', join(folder, 'file'));
    await symlink('loop', join(folder, 'loop'));
    assert.deepEqual(await walked(folder, ['folder', 'file', 'loop']), [
      'folder/real.yaml',
      'file',
      'loop: symbolic links lead in a circle',
    ]);
  });
});

it('a named pipe in a folder is not opened', async (t) => {
  const folder = await makeFolder(t, empty('a.yaml'));
  execFileSync('mkfifo', [join(folder, 'pipe.yaml')]);
  assert.deepEqual(await walked(folder), ['a.yaml', 'pipe.yaml: it is not a regular file']);
});

it('a folder that cannot be read is told, and the rest is walked', async (t) => {
  const folder = await makeFolder(t, empty('a/x.yaml', 'b.yaml'));
  const found = await walked(folder, ['.'], {
    async isLeftOut(path, isFolder) {
      // Gone after it was listed: the same to a walk as a folder that is closed to it, and so for every user.
      if (isFolder) await rm(path, { recursive: true });
      return false;
    },
  });
  assert.deepEqual(found, ['a: it cannot be read: no such file or folder', 'b.yaml']);
});

/** `.gitignore` files and what else there is; git itself is the judge of what is ignored. */
const cases: readonly (readonly [
  what: string,
  ignores: Readonly<Record<string, string>>,
  names: readonly string[],
])[] = [
  ['a name anywhere', { '.gitignore': 'out.yaml\n' }, ['out.yaml', 'a/out.yaml', 'in.yaml']],
  ['a folder', { '.gitignore': 'build/\n' }, ['build/a.yaml', 'x/build/a.yaml', 'a/build.yaml']],
  ['an anchored name', { '.gitignore': '/out.yaml\n' }, ['out.yaml', 'a/out.yaml']],
  ['a path', { '.gitignore': 'a/*.yaml\n' }, ['a/x.yaml', 'a/b/x.yaml', 'b/a/x.yaml']],
  ['two stars', { '.gitignore': 'a/**/out.yaml\n' }, ['a/out.yaml', 'a/b/c/out.yaml', 'b/out.yaml']],
  [
    'comments, blank lines and CRLF',
    { '.gitignore': '# out.yaml\r\n\r\nx.yaml\r\n' },
    ['out.yaml', 'x.yaml'],
  ],
  ['a negation', { '.gitignore': '*.yaml\n!keep.yaml\n' }, ['keep.yaml', 'a/keep.yaml', 'out.yaml']],
  [
    'a negation below an ignored folder does nothing',
    { '.gitignore': 'a/\n!a/keep.yaml\n' },
    ['a/keep.yaml', 'b.yaml'],
  ],
  ['a nested file', { 'a/.gitignore': '*.yaml\n' }, ['a/x.yaml', 'a/b/x.yaml', 'x.yaml']],
  [
    'a nested file is relative to its folder',
    { 'a/.gitignore': '/x.yaml\n' },
    ['a/x.yaml', 'a/b/x.yaml', 'x.yaml'],
  ],
  [
    'a nested file takes a file back',
    { '.gitignore': '*.yaml\n', 'a/.gitignore': '!x.yaml\n' },
    ['a/x.yaml', 'a/y.yaml', 'a/b/x.yaml', 'x.yaml'],
  ],
  [
    'a nested file takes a folder back',
    { '.gitignore': 'build/\n', 'a/.gitignore': '!build/\n' },
    ['a/build/x.yaml', 'a/build/c/x.yaml', 'build/x.yaml'],
  ],
  [
    'a folder taken back, a file in it ignored again',
    { '.gitignore': 'build\n', 'a/.gitignore': '!build\n', 'a/build/.gitignore': 'x.yaml\n' },
    ['a/build/x.yaml', 'a/build/y.yaml'],
  ],
  [
    'three levels',
    { '.gitignore': '*.yaml\n', 'a/.gitignore': '!*.yaml\n', 'a/b/.gitignore': 'x.yaml\n' },
    ['x.yaml', 'a/x.yaml', 'a/b/x.yaml', 'a/b/y.yaml'],
  ],
  ['capitals count', { '.gitignore': 'OUT.yaml\n' }, ['out.yaml', 'OUT.yaml']],
  [
    'odd names',
    { '.gitignore': '..x.yaml\n\\#a.yaml\nb\\ .yaml\n' },
    ['..x.yaml', '#a.yaml', 'b .yaml', '...yaml'],
  ],
  ['a broken class', { '.gitignore': '[z-a].yaml\n[\n' }, ['z.yaml', 'a.yaml']],
];

describe('.gitignore', () => {
  for (const [what, ignores, names] of cases) {
    it(what, async (t) => {
      const folder = await makeRepository(t, { ...ignores, ...empty(...names) });
      const wanted = gitSees(folder);
      assert.notEqual(names.length, 0);
      assert.deepEqual([...(await walked(folder))].sort(), wanted);
    });
  }

  it('counts from the folders above, up to the root of the repository', async (t) => {
    const folder = await makeRepository(t, {
      '.gitignore': '*.yaml\n!keep.yaml\n',
      'a/.gitignore': '!x.yaml\n',
      ...empty('a/b/x.yaml', 'a/b/y.yaml', 'a/b/keep.yaml'),
    });
    assert.deepEqual(await walked(join(folder, 'a/b')), ['keep.yaml', 'x.yaml']);
    await mkdir(join(folder, 'a/b/.git'));
    assert.deepEqual(await walked(join(folder, 'a/b')), ['keep.yaml', 'x.yaml', 'y.yaml']);
  });

  it('does not keep a folder shut that is named', async (t) => {
    const folder = await makeRepository(t, { '.gitignore': 'build/\n', ...empty('build/a.yaml', 'b.yaml') });
    assert.deepEqual(await walked(folder, ['build']), ['build/a.yaml']);
    assert.deepEqual(await walked(folder), ['b.yaml']);
  });

  it('may be a folder, or binary', async (t) => {
    const folder = await makeFolder(t, {
      'a/.gitignore/x.yaml': '',
      'b/.gitignore': new Uint8Array([255, 0, 10]),
    });
    await writeFiles(folder, empty('b/y.yaml'));
    assert.deepEqual(await walked(folder), ['a/.gitignore/x.yaml', 'b/y.yaml']);
  });
});

/** A folder that is the root of a real repository. */
async function makeRepository(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await makeFolder(t, files);
  execFileSync('git', ['init', '-q', folder]);
  await writeFile(join(folder, '.git/info/exclude'), '');
  return folder;
}

/** The candidates git does not ignore. */
function gitSees(folder: string): readonly string[] {
  const listed = execFileSync('git', ['-C', folder, 'ls-files', '-z', '--others', '--exclude-standard'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
  });
  return listed
    .split('\0')
    .filter((name) => name.endsWith('.yaml'))
    .sort();
}

describe('what git tracks', () => {
  /** A repository with everything in it tracked. */
  async function repository(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
    const folder = await makeFolder(t, files);
    for (const args of [
      ['init', '-q'],
      ['add', '-f', '.'],
    ])
      execFileSync('git', args, { cwd: folder });
    return folder;
  }

  it('is looked at though `.gitignore` matches it, and nothing beside it', async (t) => {
    const ignored = { '.gitignore': 'dist/\n*.gen.yaml\n' };
    const folder = await repository(t, { ...ignored, ...empty('dist/a/b.yaml', 'c.gen.yaml', 'd.yaml') });
    await writeFiles(folder, empty('dist/a/untracked.yaml', 'dist/x/y.yaml', 'e.gen.yaml'));
    assert.deepEqual(await walked(folder), ['c.gen.yaml', 'd.yaml', 'dist/a/b.yaml']);
    assert.deepEqual(await walked(folder, ['dist']), [
      'dist/a/b.yaml',
      'dist/a/untracked.yaml',
      'dist/x/y.yaml',
    ]);
  });

  it('is asked of git without running what the repository configures', async (t) => {
    const folder = await repository(t, { '.gitignore': 'a.yaml\n', ...empty('a.yaml') });
    await writeFile(join(folder, 'hook'), `#!/bin/sh\ntouch ${join(folder, 'ran')}\n`, { mode: 0o755 });
    execFileSync('git', ['config', 'core.fsmonitor', './hook'], { cwd: folder });
    assert.deepEqual(await walked(folder), ['a.yaml']);
    await assert.rejects(stat(join(folder, 'ran')));
  });

  it('is left out where git cannot tell', async (t) => {
    const folder = await makeFolder(t, { '.gitignore': 'a.yaml\n', ...empty('a.yaml', 'b.yaml') });
    assert.deepEqual(await walked(folder), ['b.yaml']);
  });
});
