import type { Span } from '../text/span.ts';
import { daysBetween } from './dates.ts';
import { parsePolicy } from './parse.ts';

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
