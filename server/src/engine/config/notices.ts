import { rules } from '../rules/index.ts';
import { enumerated } from '../text/enumerated.ts';
import type { Span } from '../text/span.ts';
import { closest } from './closest.ts';
import { daysBetween } from './dates.ts';
import { ignoreTest } from './ignore.ts';
import { parsePolicy } from './parse.ts';
import type { FilePatterns, PolicyWaiver } from './policy.ts';
import type { Waiver } from './settings.ts';
import { quoted } from './words.ts';

/** Something to know about a configuration that is right. */
export interface Notice {
  readonly span: Span;
  readonly severity: 'warning' | 'information';
  readonly message: string;
}

/** Days before its end from which on a waiver is spoken of. */
const soon = 14;

/** What to tell of the text of a configuration on a day in UTC (`2027-03-31`): waivers that have ended, or soon will, or let nothing pass. */
export function policyNotices(text: string, today: string): readonly Notice[] {
  const { layer, mistakes } = parsePolicy(text);
  if (mistakes.length > 0) return [];
  return layer.waivers.flatMap(({ expires, expiresAt, rules }): readonly Notice[] => {
    const idle =
      rules.length > 0 && rules.every((rule) => layer.rules[rule] === 'off') && layer.overrides.length === 0;
    const told = expires === null ? null : expiryNotice(expires, today);
    return [
      ...(told ? [{ ...told, span: expiresAt }] : []),
      ...(idle
        ? [
            {
              span: expiresAt,
              severity: 'information' as const,
              message: `This waiver lets nothing pass, as this file turns ${rules.join(' and ')} off. Take out one of the two.`,
            },
          ]
        : []),
    ];
  });
}

function expiryNotice(expires: string, today: string): Omit<Notice, 'span'> | null {
  const left = daysBetween(today, expires);
  if (left < 0) {
    return {
      severity: 'warning',
      message: `This waiver expired on ${expires}, so what it let pass is reported again. Fix that and take the waiver out, or have it approved anew with a later day.`,
    };
  }
  if (left > soon) return null;
  const when = left === 0 ? 'today' : left === 1 ? 'tomorrow' : `in ${left} days`;
  return {
    severity: 'information',
    message: `This waiver expires ${when}: it holds up to and including ${expires} (UTC), and then what it lets pass is reported again.`,
  };
}

/** A manifest that an audit came upon. */
export interface AuditedPath {
  /** Relative to the folder of the configuration, with forward slashes. */
  readonly path: string;
  /** Those that let something in it pass. */
  readonly waivers: readonly Waiver[];
}

/**
 * What in the text of a configuration came to nothing in an audit of everything it counts for: patterns of overrides and waivers that fit
 * no manifest, and waivers that let nothing pass. Nothing of waivers that have ended, nor of what they let pass where a registry decides that,
 * as another audit may know what it says. What is extended is for other folders too, so nothing is told of that.
 */
export function idleNotices(text: string, today: string, audited: readonly AuditedPath[]): readonly Notice[] {
  const { layer, mistakes } = parsePolicy(text);
  if (mistakes.length > 0) return [];
  const held = layer.waivers.filter(({ expires }) => expires === null || daysBetween(today, expires) >= 0);
  const notices = [
    ...layer.overrides.flatMap(({ files }) => unfitNotices(files, 'override', audited)),
    ...held.flatMap((waiver) => {
      const unfit = waiver.files ? unfitNotices(waiver.files, 'waiver', audited) : [];
      // A mistake in the only pattern is reason enough.
      const fitsNone = waiver.files !== null && !audited.some(({ path }) => waiver.files?.fits(path));
      return fitsNone && unfit.length > 0 ? unfit : [...unfit, ...unusedNotice(waiver, audited)];
    }),
  ];
  return notices.sort((a, b) => a.span.start - b.span.start);
}

const fromRegistry: ReadonlySet<string> = new Set(
  rules.flatMap((rule) => (rule.reads === 'context' && rule.isDecidedByRegistry ? rule.id : [])),
);

function unfitNotices(
  { patterns, places }: FilePatterns,
  of: 'override' | 'waiver',
  audited: readonly AuditedPath[],
): readonly Notice[] {
  return patterns.flatMap((pattern, index): readonly Notice[] => {
    const span = places[index];
    // What takes back may do so for files that are still to come.
    if (span === undefined || pattern.startsWith('!')) return [];
    const fits = ignoreTest([pattern]);
    if (audited.some(({ path }) => fits(path))) return [];
    const near = meantBy(pattern, audited);
    const meant =
      near === undefined ? 'Correct the pattern, or take it out.' : `Did you mean ${quoted(near)}?`;
    return [
      { span, severity: 'warning', message: `No manifest fits ${quoted(pattern)} of this ${of}. ${meant}` },
    ];
  });
}

/** Of more names the nearest is not looked for: that takes longer than it is worth. */
const mostNames = 1000;

/** What was meant by a pattern that fits nothing: the file or folder with as many parts whose name is nearest. */
function meantBy(pattern: string, audited: readonly AuditedPath[]): string | undefined {
  const written = pattern.replace(/^\//, '');
  const isFolder = written.endsWith('/');
  const count = written.split('/').length - (isFolder ? 1 : 0);
  const names = new Set<string>();
  for (const { path } of audited) {
    const parts = path.split('/');
    if (parts[0] === '..') continue;
    const usable = isFolder ? parts.slice(0, -1) : parts;
    // A name by itself fits anywhere, one with folders before it only from the top.
    const found = count === 1 ? usable : usable.length < count ? [] : [usable.slice(0, count).join('/')];
    for (const name of found) names.add(isFolder ? `${name}/` : name);
  }
  return names.size > mostNames ? undefined : closest(written, [...names]);
}

function unusedNotice(waiver: PolicyWaiver, audited: readonly AuditedPath[]): readonly Notice[] {
  const { files, image, rules: named, span } = waiver;
  if (named.some((rule) => fromRegistry.has(rule))) return [];
  const isUsed = audited.some(
    ({ path, waivers }) => waivers.some((one) => isSame(waiver, one)) && (files === null || files.fits(path)),
  );
  if (isUsed) return [];
  const causes = [
    'its rules',
    ...(files ? ['its files'] : []),
    ...(image === null ? [] : [`its image ${quoted(image)}`]),
  ];
  return [
    {
      span,
      severity: 'warning',
      message: `This waiver let nothing pass in this audit. Correct ${enumerated(causes, 'or')}, or take it out.`,
    },
  ];
}

const isSame = (written: PolicyWaiver, held: Waiver): boolean =>
  written.rules.join() === held.rules.join() &&
  written.image === held.image &&
  written.reason === held.reason &&
  written.approvedBy === held.approvedBy &&
  written.expires === held.expires;
