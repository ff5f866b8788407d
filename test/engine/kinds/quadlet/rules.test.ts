import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyze, isPinFix, planFix } from '../../../../server/src/engine/index.ts';
import { everyImage } from '../../../rules/registry.ts';
import { sample } from './sample.ts';

const path = '/etc/containers/systemd/web.container';

test('the rules that other kinds have speak about containers of Podman too', () => {
  const { findings, source } = analyze({ path, text: sample });
  assert.deepEqual(
    findings.map(({ rule, span }) => [rule, source.text.slice(span.start, span.end)]),
    [
      ['unpinned-image', 'quay.io/shop/web:2.4.1'],
      ['writable-root-filesystem', 'no'],
      ['privileged-container', '--privileged'],
      ['privileged-container', 'SYS_ADMIN'],
      ['writable-host-mount', '/srv/in:/in'],
      ['writable-host-mount', '/srv/data:/data:Z,rw'],
      ['writable-host-mount', '%h/cache:/cache'],
      ['floating-tag', 'docker.io/library/alpine:3.20'],
    ],
  );
});

test('their fixes leave a unit that nothing is said about', async () => {
  const unit = '[Container]\nImage=quay.io/shop/web:2.4.1\nPodmanArgs=--privileged\nVolume=/srv:/srv:Z\n';
  for (const eol of ['\n', '\r\n']) {
    let document = analyze({ path, text: unit.replaceAll('\n', eol) });
    for (let round = 0; document.findings.length > 0; round++) {
      assert.ok(round < 5);
      const [finding] = document.findings;
      const fix = finding?.fixes()[0];
      assert.ok(finding && fix);
      const plan = await planFix(document, finding, fix, { registry: everyImage });
      assert.ok(plan.ok, plan.ok ? '' : plan.message);
      assert.equal(isPinFix(fix), finding.rule === 'unpinned-image');
      document = analyze({ path, text: plan.text });
    }
    assert.match(
      document.source.text,
      new RegExp(
        `^\\[Container\\]${eol}Image=quay\\.io/shop/web:2\\.4\\.1@sha256:[0-9a-f]{64}${eol}(?=[^]*ReadOnly=true)(?:NoNewPrivileges=true${eol}|ReadOnly=true${eol}){2}` +
          `PodmanArgs=--privileged=false${eol}Volume=/srv:/srv:Z,ro${eol}$`,
      ),
    );
  }
});

test('what Podman mounts by itself spares a container the tmpfs', () => {
  const titles = (...lines: readonly string[]): readonly string[] =>
    analyze({ path, text: ['[Container]', `Image=quay.io/a@sha256:${'0'.repeat(64)}`, ...lines].join('\n') })
      .findings.filter(({ rule }) => rule === 'writable-root-filesystem')
      .flatMap((finding) => finding.fixes())
      .map(({ safety, title }) => `${title} (${safety})`);
  const readOnly = 'Make the root filesystem read-only';
  assert.deepEqual(titles(), [`${readOnly} (behaviour)`]);
  assert.deepEqual(titles('ReadOnlyTmpfs=no'), [
    `${readOnly} and mount a tmpfs at /tmp (behaviour)`,
    `${readOnly} (behaviour)`,
  ]);
  assert.deepEqual(titles('Tmpfs=/tmp'), [`${readOnly} (behaviour)`]);
});
