import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultCacheFolder, isPassedOver } from '../../server/src/registry/cache/store/folder.ts';

const home = '/home/alice';

describe('answers are kept', () => {
  const places: readonly [
    string,
    Readonly<Record<string, string>>,
    NodeJS.Platform,
    string,
    string | null,
  ][] = [
    ['on Linux', {}, 'linux', home, '/home/alice/.cache/holdfast'],
    ['on FreeBSD', {}, 'freebsd', home, '/home/alice/.cache/holdfast'],
    ['where XDG says', { XDG_CACHE_HOME: '/var/xdg' }, 'linux', home, '/var/xdg/holdfast'],
    ['not where XDG names no place', { XDG_CACHE_HOME: '' }, 'linux', home, '/home/alice/.cache/holdfast'],
    [
      'not beside the files that are read',
      { XDG_CACHE_HOME: 'x' },
      'linux',
      home,
      '/home/alice/.cache/holdfast',
    ],
    [
      'on macOS',
      { XDG_CACHE_HOME: '/var/xdg' },
      'darwin',
      '/Users/alice',
      '/Users/alice/Library/Caches/holdfast',
    ],
    ['nowhere without a home', {}, 'linux', '', null],
    ['nowhere without a home on macOS', {}, 'darwin', '', null],
    ['nowhere with a home that may be anywhere', {}, 'linux', 'alice', null],
    ['where XDG says without a home', { XDG_CACHE_HOME: '/var/xdg' }, 'linux', '', '/var/xdg/holdfast'],
    [
      'on Windows',
      { LOCALAPPDATA: 'C:\\Users\\alice\\AppData\\Local' },
      'win32',
      'C:\\Users\\alice',
      'C:\\Users\\alice\\AppData\\Local\\holdfast\\Cache',
    ],
    [
      'on Windows without the variable',
      { XDG_CACHE_HOME: 'C:\\xdg' },
      'win32',
      'C:\\Users\\alice',
      'C:\\Users\\alice\\AppData\\Local\\holdfast\\Cache',
    ],
    [
      'on a server of Windows',
      { LOCALAPPDATA: '\\\\server\\alice' },
      'win32',
      'C:\\Users\\alice',
      '\\\\server\\alice\\holdfast\\Cache',
    ],
    [
      'not on whichever drive is the current one',
      { LOCALAPPDATA: '\\Local' },
      'win32',
      'C:\\Users\\alice',
      'C:\\Users\\alice\\AppData\\Local\\holdfast\\Cache',
    ],
    ['nowhere on Windows without a home', {}, 'win32', '', null],
    [
      'where the user says',
      { HOLDFAST_CACHE_DIR: '/srv/cache/', XDG_CACHE_HOME: '/x' },
      'linux',
      home,
      '/srv/cache/',
    ],
    ['where the user says on macOS', { HOLDFAST_CACHE_DIR: '/srv/cache' }, 'darwin', home, '/srv/cache'],
    ['where the user says on Windows', { HOLDFAST_CACHE_DIR: 'D:/cache' }, 'win32', 'C:\\', 'D:\\cache'],
    [
      'as ever where the user says nothing',
      { HOLDFAST_CACHE_DIR: '' },
      'linux',
      home,
      '/home/alice/.cache/holdfast',
    ],
    [
      'as ever where the user names no place',
      { HOLDFAST_CACHE_DIR: './x' },
      'linux',
      home,
      '/home/alice/.cache/holdfast',
    ],
    ['nowhere when switched off', { HOLDFAST_CACHE_DIR: 'off', XDG_CACHE_HOME: '/x' }, 'linux', home, null],
    ['nowhere when switched off on Windows', { HOLDFAST_CACHE_DIR: 'off' }, 'win32', 'C:\\', null],
  ];
  for (const [name, env, platform, at, expected] of places) {
    test(name, () => assert.equal(defaultCacheFolder(env, platform, at), expected));
  }

  test('a variable that does not count is known', () => {
    const isOver = (wanted: string) => isPassedOver({ HOLDFAST_CACHE_DIR: wanted }, 'linux');
    assert.deepEqual(['', 'off', '/x', 'x', './x'].map(isOver), [false, false, false, true, true]);
  });
});
