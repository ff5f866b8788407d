import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { onAbort } from '../../server/src/http/abort.ts';

test('all that wait are called once, in the order in which they came', () => {
  const controller = new AbortController();
  const called: string[] = [];
  onAbort(controller.signal, () => called.push('first'));
  onAbort(controller.signal, () => called.push('second'));
  controller.abort();
  controller.abort();
  assert.deepEqual(called, ['first', 'second']);
});

test('one that has left is not called, even where it leaves while the others are', () => {
  const controller = new AbortController();
  const called: string[] = [];
  const leave = onAbort(controller.signal, () => called.push('left before'));
  onAbort(controller.signal, () => leaveLate());
  const leaveLate = onAbort(controller.signal, () => called.push('left meanwhile'));
  onAbort(controller.signal, () => called.push('stayed'));
  leave();
  controller.abort();
  assert.deepEqual(called, ['stayed']);
});

test('the same function counts as often as it was handed in', () => {
  const controller = new AbortController();
  let calls = 0;
  const count = (): void => {
    calls++;
  };
  const leave = onAbort(controller.signal, count);
  onAbort(controller.signal, count);
  leave();
  controller.abort();
  assert.equal(calls, 1);
});

test('a signal that has aborted calls nobody', () => {
  let calls = 0;
  const leave = onAbort(AbortSignal.abort(), () => calls++);
  leave();
  assert.equal(calls, 0);
});

test('a signal has one listener, however many wait', () => {
  const { signal } = new AbortController();
  for (let at = 0; at < 100; at++) onAbort(signal, () => {});
  assert.equal(getEventListeners(signal, 'abort').length, 1);
});
