import { dirname, relative, resolve, sep } from 'node:path';
import { type AuditedPath, dayOf, idleNotices, SourceText, type Waiver } from '../engine/index.ts';
import type { AuditOptions } from './args.ts';
import type { Boundary } from './environment.ts';
import { shownPath } from './files.ts';
import type { Found, SettingsSource } from './settings.ts';
import { isBelow } from './workspace-index.ts';

/** A manifest that was looked at, or passed over on purpose. */
export interface Seen {
  /** Absolute. */
  readonly path: string;
  /** Those that let something in it pass. */
  readonly waivers: readonly Waiver[];
}

/**
 * What in the configurations came to nothing, one line each: of those alone that counted for `seen` and whose whole folder was
 * audited. Only true where nothing failed.
 */
export async function idleWarnings(
  { cwd, now }: Pick<Boundary, 'cwd' | 'now'>,
  { config, operands }: Pick<AuditOptions, 'config' | 'operands'>,
  settings: SettingsSource,
  seen: readonly Seen[],
): Promise<readonly string[]> {
  const roots = (operands.length > 0 ? operands : ['.']).map((operand) => resolve(cwd, operand));
  const isWhole = (folder: string): boolean => roots.some((root) => isBelow(folder, root));
  const counted = new Map<Found, Seen[]>();
  for (const one of seen) {
    const found = await settings.of(dirname(one.path));
    const group = counted.get(found);
    if (group) group.push(one);
    else counted.set(found, [one]);
  }
  const extended = new Set([...counted.keys()].flatMap((found) => (found.ok ? found.files : [])));
  return [...counted].flatMap(([found, files]) => {
    if (!found.ok || !found.own) return [];
    const { path, text } = found.own;
    const folder = dirname(path);
    // One that is given counts for everything; one that others extend may be of use to them.
    if (!isWhole(folder) || (config !== null && !isWhole(cwd)) || extended.has(path)) return [];
    const audited = files.map(
      (one): AuditedPath => ({ path: relative(folder, one.path).split(sep).join('/'), waivers: one.waivers }),
    );
    const source = new SourceText(text);
    return idleNotices(text, dayOf(now()), audited).map(
      ({ message, span }) => `${shownPath(cwd, path)}:${source.placeAt(span.start).line + 1}: ${message}`,
    );
  });
}
