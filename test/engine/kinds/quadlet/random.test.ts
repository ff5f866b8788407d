import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Setting } from '../../../../server/src/engine/model/setting.ts';
import { applyEdits, type Edits, isRefusal } from '../../../../server/src/engine/text/edit.ts';
import type { Span } from '../../../../server/src/engine/text/span.ts';
import { digest, edited, imagesIn, pin, read } from './read.ts';
import { sample } from './sample.ts';

/** The text after edits; null where they were refused. */
function attempt(text: string, edits: Edits): string | null {
  const changed = isRefusal(edits) ? null : applyEdits(text, edits);
  assert.ok(changed === null || typeof changed === 'string');
  return changed;
}

/** Reads a text, looks at everything that is found, tries every edit, and checks what holds for every text. */
function check(text: string, path?: string): void {
  const facts = read(text, path);
  const inText = ({ end, start }: Span): void => {
    assert.ok(0 <= start && start <= end && end <= text.length, `${start}-${end} of ${text.length}`);
  };
  for (const comment of facts.comments()) {
    assert.equal(comment.text, text.slice(comment.span.start, comment.span.end));
    assert.match(comment.text, /^[#;][^\n]*$/);
  }
  facts.images.forEach((use, at) => {
    inText(use.site.span);
    const { reading, resolved, site } = use;
    if (site.verbatim) assert.equal(text.slice(site.verbatim.start, site.verbatim.end), site.value);
    if (reading.state === 'unknown') for (const hole of reading.holes) assert.ok(resolved.includes(hole));
    const changed = reading.state === 'parsed' ? attempt(text, pin(use)) : null;
    if (changed !== null) assert.equal(read(changed, path).images[at]?.resolved, `${resolved}@${digest}`);
  });
  const settings = (one: typeof facts): readonly Setting<boolean>[] =>
    one.workloads.flatMap(({ mounts, privileged, readOnlyRoot }) => [
      readOnlyRoot,
      privileged,
      ...mounts.map(({ readOnly }) => readOnly),
    ]);
  settings(facts).forEach((setting, at) => {
    inText(setting.underline);
    const changed = attempt(text, setting.set(true));
    if (changed !== null && setting.origin !== 'unknown') {
      assert.equal(settings(read(changed, path))[at]?.value, true);
    }
  });
  for (const workload of facts.workloads) {
    inText(workload.name);
    for (const { span } of [...workload.mounts, ...workload.addedCapabilities]) inText(span);
    const changed = attempt(text, workload.provideScratch(['/work']));
    if (changed === null) continue;
    const targets = read(changed, path).workloads[0]?.mounts ?? [];
    assert.ok(targets.some(({ target }) => target !== null && '/work/'.startsWith(target)));
  }
}

test('the sample cut off anywhere', () => {
  for (let end = 0; end <= sample.length; end++) {
    check(sample.slice(0, end));
    read(sample.slice(0, end).replaceAll('\n', '\r\n'));
    for (const path of ['web.image', 'web.volume.d/x.conf', 'web.build']) read(sample.slice(end), path);
  }
});

test('any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => check(`[Container]\n${text}`)),
  );
});

test('any mixture of what units are made of', () => {
  const keys = 'Image ReadOnly ReadOnlyTmpfs PodmanArgs Volume Tmpfs Mount AddCapability Rootfs'.split(' ');
  const bit = fc.constantFrom(
    ...[
      '\n',
      '\n',
      '\r\n',
      '\\\n',
      '\\',
      '\\\r\n',
      '"',
      "'",
      ' ',
      '=',
      ',',
      ':',
      '#',
      ';',
      '%i',
      '%%',
      '${A}',
      '{{',
      '/',
    ],
    ...keys.map((key) => `\n${key}=`),
    ...[
      '\n[Container]\n',
      '\n[Image]\n',
      '[',
      ']',
      'quay.io/a/b:1',
      'nginx',
      '/a:/b',
      'ro',
      'rw',
      'true',
      '\uFEFF',
    ],
    ...[
      'type=image,src=',
      'type=bind,src=/a,dst=/b',
      '--privileged',
      '--read-only',
      '--mount',
      '-v',
      '--cap-add=',
      '@',
    ],
  );
  fc.assert(
    fc.property(fc.array(bit, { maxLength: 30 }), (bits) => check(`[Container]\n${bits.join('')}`)),
    { numRuns: 3000 },
  );
});

test('one reference written in many ways is one reference', () => {
  const reference = fc.constantFrom(
    'quay.io/a/b',
    'docker.io/node:20.11.1',
    'reg:5000/team/app',
    'ghcr.io/a/b:1.2.3-x',
  );
  const space = fc.constantFrom('', ' ', '\t', '  ');
  const before = fc.constantFrom(
    '',
    '# Image=not.this/one\n',
    ';x\n\n',
    'Exec=a \\\n  # b\n  Image=c\n',
    'Image=x\n',
  );
  const after = fc.constantFrom('', '\n', '\nExec=x\n', '\n\n[Service]\nImage=x', '\n[Container]\nExec=y');
  const eol = fc.constantFrom('\n', '\r\n');
  fc.assert(
    fc.property(
      fc.tuple(reference, space, space, space, fc.constantFrom('', '"'), before, after, eol),
      ([image, indent, left, right, quote, above, below, lineBreak]) => {
        const text =
          `[Container]\n${above}${indent}Image${left}=${right}${quote}${image}${quote}${left}${below}`.replaceAll(
            '\n',
            lineBreak,
          );
        const [use, ...more] = read(text).images;
        assert.ok(use);
        assert.deepEqual([use.resolved, more], [image, []], text);
        const changed = edited(text, pin(use));
        assert.equal(changed.replace(`@${digest}`, ''), text);
        assert.deepEqual(imagesIn(changed), [`workload ${image}@${digest} digest`]);
      },
    ),
    { numRuns: 500 },
  );
});

test('hostile texts are read in a moment', { timeout: 60_000 }, () => {
  const many = 20_000;
  const values = [
    'x'.repeat(many),
    '\\\n'.repeat(many),
    '\\\r\n'.repeat(many),
    '\r'.repeat(many),
    '"'.repeat(many),
    '{{'.repeat(many),
    '${'.repeat(many),
    '%'.repeat(many),
    ':'.repeat(many),
    ','.repeat(many),
    'a '.repeat(many),
    '-v '.repeat(many),
    ' '.repeat(many),
    '\nx='.repeat(many),
    '\n[Container]'.repeat(many),
    '\n#'.repeat(many),
  ];
  for (const key of ['Image', 'PodmanArgs', 'Mount', 'Volume', 'AddCapability', 'ReadOnly']) {
    for (const value of values) {
      const facts = read(`[Container]\n${key}=${value}x`);
      facts.comments();
      for (const use of facts.images) pin(use);
    }
  }
});

test('a file made of mounts gives as many as a container can have', { timeout: 60_000 }, () => {
  const most = 1000;
  const own = 3;
  const written = [
    `PodmanArgs=${'-v /a:/b '.repeat(111_000)}`,
    `PodmanArgs=${'--tmpfs /a '.repeat(90_000)}`,
    `PodmanArgs=${'--mount type=bind,src=/a,dst=/b '.repeat(32_000)}`,
    'Volume=/a:/b\n'.repeat(70_000),
  ];
  for (const lines of written) {
    const facts = read(`[Container]\n${lines}\nReadOnly=true\n`);
    assert.equal(facts.workloads[0]?.mounts.length, most + own);
    assert.equal(facts.workloads[0]?.readOnlyRoot.value, true);
  }
  const mounted = read(`[Container]\n${'Mount=type=image,source=quay.io/a/b,target=/a\n'.repeat(20_000)}`);
  assert.equal(mounted.images.length, most);
});
