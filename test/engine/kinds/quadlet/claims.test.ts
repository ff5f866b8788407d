import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { quadlet } from '../../../../server/src/engine/kinds/quadlet/index.ts';
import { claims } from './read.ts';

const sections = { container: 'Container', image: 'Image', volume: 'Volume', build: 'Build', kube: 'Kube' };

describe('claimed', () => {
  for (const [type, section] of Object.entries(sections)) {
    for (const path of [
      `web.${type}`,
      `web@.${type}`,
      `a/b.c.${type}`,
      `web.${type}.d/10.conf`,
      `${type}.d/10.conf`,
    ]) {
      test(path, () => {
        for (const text of [
          `[${section}]`,
          `# x\r\n[Unit]\r\n [${section}] \r\nImage=a\r\n`,
          `\uFEFF[${section}]\n`,
        ]) {
          assert.ok(claims(path, text), JSON.stringify(text));
        }
        assert.ok(quadlet.names.test(path.slice(path.lastIndexOf('/') + 1)));
      });
    }
  }
});

describe('not claimed', () => {
  const cases: readonly (readonly [path: string, text: string])[] = [
    ['web.pod', '[Container]'],
    ['web.kube', 'apiVersion: v1'],
    ['web.network', '[Network]'],
    ['web.service', '[Service]'],
    ['web.CONTAINER', '[Container]'],
    ['web.container', ''],
    ['web.container', '[Image]\nImage=x'],
    ['web.container', 'Container'],
    ['web.container', '#[Container]'],
    ['web.container', 'Exec=[Container]'],
    ['disk.image', 'MZ\0\0'],
    ['app.build', '{"Build": 1}'],
    ['nginx.conf', '[Container]'],
    ['web.service.d/10.conf', '[Container]'],
    ['web.container.d/readme.txt', '[Container]'],
    ['web.container.j2', '[Container]'],
  ];
  for (const [path, text] of cases) {
    test(`${path} ${JSON.stringify(text)}`, () => assert.ok(!claims(path, text)));
  }
});
