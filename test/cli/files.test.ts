import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmod,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rmdir,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mapOrdered } from '../../server/src/cli/map-in-order.ts';
import { createProgress } from '../../server/src/cli/progress.ts';
import { replaceFile } from '../../server/src/cli/replace.ts';
import { decode, encode } from '../../server/src/files/encoding.ts';
import { readBeside, readText } from '../../server/src/files/read.ts';
import { makeFolder } from './support.ts';

describe('reading a file that another one names', () => {
  it('follows no link and no path out of the repository', async (t) => {
    const folder = await makeFolder(t, {
      'outside/secret': 'A=1',
      'repository/.git/HEAD': '',
      'repository/common.env': 'A=2',
      'repository/app/.env': 'A=3',
    });
    const at = (path: string): string => join(folder, 'repository/app', path);
    await symlink('../common.env', at('inside'));
    await symlink('../../outside/secret', at('linked'));
    await symlink('../../outside', at('folder'));
    const read = async (path: string): Promise<string | null> => {
      const found = await readBeside(at('compose.yaml'), path);
      return found.ok ? found.file.text : null;
    };
    const texts = await Promise.all(
      ['.env', '../common.env', 'inside', 'linked', 'folder/secret', '../../outside/secret', 'gone'].map(
        read,
      ),
    );
    assert.deepEqual(texts, ['A=3', 'A=2', 'A=2', null, null, null, null]);
  });

  it('outside of any repository follows no link out of the folder, and paths as they are written', async (t) => {
    const folder = await makeFolder(t, { 'outside/secret': 'A=1', 'app/.env': 'A=3' });
    await rmdir(join(folder, '../.git'));
    await symlink('../outside/secret', join(folder, 'app/linked'));
    const read = async (path: string): Promise<boolean> =>
      (await readBeside(join(folder, 'app/compose.yaml'), path)).ok;
    assert.deepEqual(await Promise.all(['.env', 'linked', '../outside/secret'].map(read)), [
      true,
      false,
      true,
    ]);
  });
});

describe('reading a text file', () => {
  it('takes a byte order mark off and keeps it', async (t) => {
    const folder = await makeFolder(t, { marked: '\ufeffä\r\n', plain: 'ä\r\n' });
    for (const [name, mark] of [
      ['marked', '\ufeff'],
      ['plain', ''],
    ] as const) {
      const read = await readText(join(folder, name), false);
      assert.deepEqual(read.ok && [read.file.text, read.file.mark], ['ä\r\n', mark]);
      assert.deepEqual(read.ok && read.file.bytes, await readFile(join(folder, name)));
    }
  });

  it('says why it does not', async (t) => {
    const folder = await makeFolder(t, { half: new Uint8Array([0xff, 0xfe, 0x00, 0xd8]) });
    const reasons: readonly (readonly [name: string, reason: string])[] = [
      ['half', 'it begins as UTF-16 and is not'],
      ['missing', 'it cannot be read: no such file or folder'],
      ['.', 'it cannot be read: it is a folder'],
    ];
    for (const [name, reason] of reasons) {
      assert.deepEqual(await readText(join(folder, name), true), { ok: false, failed: true, reason }, name);
    }
  });

  it('takes any bytes, and gives the same ones back', async (t) => {
    const texts: readonly (readonly [bytes: Buffer, text: string])[] = [
      [Buffer.from('#\xe4\n', 'latin1'), '#\udce4\n'],
      [Buffer.from([0x23, 0xc3]), '#\udcc3'],
      [Buffer.from('a\0b'), 'a\0b'],
      [Buffer.from('é\ud83d\ude00x'), 'é\ud83d\ude00x'],
      [Buffer.from([0xed, 0xa0, 0x80, 0xf5, 0xc0, 0x80]), '\udced\udca0\udc80\udcf5\udcc0\udc80'],
      [Buffer.from('\ufeffé: 1\r\n', 'utf16le'), 'é: 1\r\n'],
      [Buffer.from('\ufeffé: 1\r\n', 'utf16le').swap16(), 'é: 1\r\n'],
      [Buffer.from('FROM x\n', 'utf16le'), 'FROM x\n'],
      [Buffer.from('FROM x\n', 'utf16le').swap16(), 'FROM x\n'],
    ];
    for (const [bytes, text] of texts) {
      const folder = await makeFolder(t, { file: bytes });
      const read = await readText(join(folder, 'file'), false);
      assert.ok(read.ok);
      const { encoding, mark } = read.file;
      assert.deepEqual(read.file.text, text);
      assert.deepEqual(encode(mark + text, encoding), bytes);
      const longer = Buffer.concat([bytes, encode('+', encoding)]);
      assert.deepEqual(encode(`${mark}${text}+`, encoding), longer);
    }
  });

  it('gives random bytes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const found = decode(bytes);
        if (found) assert.deepEqual(encode(found.text, found.encoding), Buffer.from(bytes));
      }),
    );
  });

  it('passes over huge files, unless they are named', async (t) => {
    const folder = await makeFolder(t, { huge: '#' });
    const path = join(folder, 'huge');
    await truncate(path, 16 * 1024 * 1024 + 1);
    assert.deepEqual(await readText(path, false), {
      ok: false,
      failed: true,
      reason: 'it is larger than 16 MiB; name it to have it read',
    });
    assert.equal((await readText(path, true)).ok, true);
  });
});

it('does not read devices and pipes, which may have no end', { timeout: 20_000 }, async (t) => {
  const folder = await makeFolder(t, {});
  await symlink('/dev/zero', join(folder, '.holdfast.yaml'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  for (const name of ['.holdfast.yaml', 'pipe']) {
    const read = await readText(join(folder, name), true);
    assert.deepEqual(read, { ok: false, failed: true, reason: 'it is not a regular file' });
  }
});

describe('replacing a file', () => {
  it('keeps its mode, and leaves nothing else behind', async (t) => {
    const folder = await makeFolder(t, { 'a.yaml': 'old' });
    const path = join(folder, 'a.yaml');
    await chmod(path, 0o764);
    assert.equal(await replaceFile(path, Buffer.from('old'), Buffer.from('new ä')), null);
    assert.equal(await readFile(path, 'utf8'), 'new ä');
    assert.equal((await stat(path)).mode & 0o777, 0o764);
    assert.deepEqual(await readdir(folder), ['a.yaml']);
  });

  it('is one step: who has the old file open still sees it whole', async (t) => {
    const folder = await makeFolder(t, { 'a.yaml': 'old' });
    const before = await open(join(folder, 'a.yaml'));
    await replaceFile(join(folder, 'a.yaml'), Buffer.from('old'), Buffer.from('new'));
    assert.equal(await before.readFile('utf8'), 'old');
    await before.close();
  });

  it('leaves alone what is read-only, and what has other names that would keep the old text', async (t) => {
    const folder = await makeFolder(t, { 'a.yaml': 'old', 'b.yaml': 'old' });
    await link(join(folder, 'a.yaml'), join(folder, 'same'));
    await chmod(join(folder, 'b.yaml'), 0o444);
    for (const [name, reason] of [
      ['a.yaml', /hard links/],
      ['b.yaml', /read-only/],
    ] as const) {
      assert.match(
        (await replaceFile(join(folder, name), Buffer.from('old'), Buffer.from('new'))) ?? '',
        reason,
      );
      assert.equal(await readFile(join(folder, name), 'utf8'), 'old');
    }
  });

  it('writes where a symbolic link leads, and keeps the link', async (t) => {
    const folder = await makeFolder(t, { 'real/a.yaml': 'old' });
    await symlink('real/a.yaml', join(folder, 'link.yaml'));
    assert.equal(await replaceFile(join(folder, 'link.yaml'), Buffer.from('old'), Buffer.from('new')), null);
    assert.equal((await lstat(join(folder, 'link.yaml'))).isSymbolicLink(), true);
    assert.equal(await readFile(join(folder, 'real/a.yaml'), 'utf8'), 'new');
    assert.deepEqual(await readdir(join(folder, 'real')), ['a.yaml']);
  });

  it('leaves a file alone that has changed', async (t) => {
    const folder = await makeFolder(t, { 'a.yaml': 'newer' });
    const path = join(folder, 'a.yaml');
    assert.match(
      (await replaceFile(path, Buffer.from('old'), Buffer.from('new'))) ?? '',
      /changed in the meantime/,
    );
    assert.equal(await readFile(path, 'utf8'), 'newer');
    assert.deepEqual(await readdir(folder), ['a.yaml']);
  });

  it('says why it cannot', async (t) => {
    const folder = await makeFolder(t, {});
    assert.equal(
      await replaceFile(join(folder, 'gone'), Buffer.from(''), Buffer.from('new')),
      'no such file or folder',
    );
    await mkdir(join(folder, 'sub'));
    assert.equal(
      await replaceFile(join(folder, 'sub'), Buffer.from(''), Buffer.from('new')),
      'it is a folder',
    );
    assert.deepEqual(await readdir(folder), ['sub']);
  });

  it('does not mind a name of 255 bytes', async (t) => {
    const folder = await makeFolder(t, {});
    const path = join(folder, `${'n'.repeat(250)}.yaml`);
    await writeFile(path, 'old');
    assert.equal(await replaceFile(path, Buffer.from('old'), Buffer.from('new')), null);
    assert.equal(await readFile(path, 'utf8'), 'new');
  });
});

describe('working on several things at once', () => {
  it('gives the results in order, and never starts more than it may', async () => {
    let running = 0;
    let most = 0;
    const results: number[] = [];
    const work = mapOrdered([5, 1, 4, 2, 3, 0], 3, async (item) => {
      most = Math.max(most, ++running);
      for (let turn = 0; turn < item; turn++) await Promise.resolve();
      running--;
      return item * 10;
    });
    for await (const result of work) results.push(result);
    assert.deepEqual(results, [50, 10, 40, 20, 30, 0]);
    assert.equal(most > 1 && most <= 3, true);
  });

  it('is done at once with nothing', async () => {
    for await (const result of mapOrdered([], 3, async () => 1)) assert.fail(String(result));
  });
});

describe('progress', () => {
  const drawn = (isTTY: boolean, env: Record<string, string>): string => {
    let text = '';
    const progress = createProgress(
      {
        isTTY,
        columns: 10,
        write: (part) => {
          text += part;
        },
      },
      env,
    );
    progress.show('1234567890123');
    progress.clear();
    progress.clear();
    return text;
  };

  it('is one line of a terminal, cut to fit, and gone at the end', () => {
    assert.equal(drawn(true, {}), '\r\u001b[2K123456789\r\u001b[2K');
  });

  it('is not for logs', () => {
    assert.equal(drawn(false, {}), '');
    assert.equal(drawn(true, { TERM: 'dumb' }), '');
  });
});
