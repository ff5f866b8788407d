import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { read, workflow } from './read.ts';

const timeout = 60_000;

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');

describe('files that stand for huge ones', () => {
  test('many steps in many jobs, through an alias', { timeout }, () => {
    const steps = `x: &s\n${lines(5000, () => '  - uses: b')}`;
    const jobs = lines(5000, (index) => `  j${index}: {container: a, steps: *s}`);
    assert.equal(read(workflow, `${steps}jobs:\n${jobs}`).images.length, 5000);
  });

  test('many services in many jobs, through an alias', { timeout }, () => {
    const services = `x: &s\n${lines(3000, (index) => `  s${index}: {ports: [80]}`)}`;
    const jobs = lines(3000, (index) => `  j${index}: {container: a, services: *s}`);
    assert.equal(read(workflow, `${services}jobs:\n${jobs}`).images.length, 3000);
  });

  test('as many aliases as people write are followed', { timeout }, () => {
    const steps = `x: &s\n${lines(20, () => '  - uses: b')}  - uses: docker://c\n`;
    const { images } = read(workflow, `${steps}jobs:\n${lines(100, (index) => `  j${index}: {steps: *s}`)}`);
    assert.deepEqual(
      images.map(({ owners, resolved }) => [resolved, owners.length]),
      [['c', 100]],
    );
  });
});
