import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isUnfinished } from '../../../server/src/engine/image/unfinished.ts';

const hex = '0123456789abcdef'.repeat(4);

describe('texts that more typing makes a reference of', () => {
  const begun = [
    '',
    'redis:',
    'redis@',
    'redis@sha',
    'redis@sha256:',
    'redis@sha256:5f3a',
    'redis:7@sha512:5f3a',
    'ghcr.io/',
    'ghcr.io/shop/',
    'localhost:5000/',
    'reg.example.com:',
    'shop-',
    'shop_',
    'shop.',
    'Shop',
    '[fc00::1',
    '[fc00::1]',
    `${hex}`,
  ];
  for (const text of begun) test(text, () => assert.equal(isUnfinished(text), true));
});

describe('texts that stay wrong', () => {
  const wrong = [
    'https://',
    'redis:a:b',
    'redis::',
    'redis@md5:',
    'redis@sha256:xyz',
    `redis@sha256:${hex}0`,
    `redis@sha256:${hex}:`,
    'shop//api',
    'ghcr.io/Shop/api:1',
    '<image>',
    ':1',
    `a${'/b'.repeat(200)}:`,
  ];
  for (const text of wrong) test(text, () => assert.equal(isUnfinished(text), false));
});
