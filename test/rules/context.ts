import assert from 'node:assert/strict';
import type { Observation } from '../../server/src/engine/index.ts';

/** What lies around an example. */
export interface Context {
  /** Path → text of files of the same workspace. */
  readonly beside: ReadonlyMap<string, string>;
  /** `docker.io/library/nginx:1.27.3` → what the registry said of it. */
  readonly observed: ReadonlyMap<string, Observation>;
  /** The text of the `.holdfast.yaml`. */
  readonly policy: string;
  /** Where the example itself stands; null where its kind says it. */
  readonly path: string | null;
}

export const noContext: Context = { beside: new Map(), observed: new Map(), policy: '', path: null };

/**
 * Reads a line of a block of language `registry`: the name in normal form and its digest, or `gone`, and behind them
 * `index`, `platform:linux/amd64=sha256:…`, `volume:/data`, `signed` or `unsigned`.
 */
export function observationOf(line: string): readonly [string, Observation] {
  const [name = '', digest = '', ...rest] = line.split(' ');
  assert.match(digest, /^(?:gone|sha256:[0-9a-f]{64})$/, `${line}: a digest or "gone" comes after the name`);
  const valued = (key: string): readonly string[] =>
    rest.filter((word) => word.startsWith(`${key}:`)).map((word) => word.slice(key.length + 1));
  const platforms = valued('platform').map((pair) => {
    const [platform = '', child = ''] = pair.split('=');
    return { platform, digest: child };
  });
  const volumes = valued('volume');
  const signature = rest.includes('signed')
    ? { verified: true, why: '' }
    : rest.includes('unsigned')
      ? { verified: false, why: 'it has no signature' }
      : null;
  return [
    name,
    {
      at: 0,
      digest: digest === 'gone' ? null : digest,
      isIndex: platforms.length > 0 || rest.includes('index'),
      platforms: platforms.length > 0 ? platforms : null,
      volumes: volumes.length > 0 ? volumes : null,
      signature,
    },
  ];
}
