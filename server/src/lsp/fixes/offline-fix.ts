import {
  type Fix,
  isLookupFix,
  isPinFix,
  type LookupFix,
  lookupName,
  type PinFix,
  type Question,
  type Settings,
} from '../../engine/index.ts';
import { dayInWords } from '../../http/format-date.ts';
import type { Session } from '../session.ts';

/** A fix that has to ask, while nobody is asked: its title tells of when the answer is that it would be made from. */
export function offlineFix<T extends Fix>(session: Session, fix: T, settings: Settings): T {
  if (!isPinFix(fix) && !isLookupFix(fix)) return fix;
  const at = knownSince(session, fix, settings);
  const what = at === null ? 'offline: not known' : `offline: as of ${dayInWords(at)}`;
  return { ...fix, title: `${fix.title.replace(/ \(asks [^()]+\)$/, '')} (${what})` };
}

/** Milliseconds since the epoch; null where nothing that would do was told. */
function knownSince(
  { trust: { registry } }: Session,
  fix: PinFix | LookupFix,
  { registries }: Settings,
): number | null {
  const question = isPinFix(fix) ? digestQuestion(fix) : fix.question;
  if (question?.ask === 'volumes') return registry.inspected(question.image, { registries })?.at ?? null;
  const seen = question?.ask === 'digest' ? registry.observed(question.image, { registries }) : undefined;
  return seen && seen.digest !== null ? seen.at : null;
}

function digestQuestion({ pin }: PinFix): Question | null {
  const image = lookupName(pin);
  return image && { ask: 'digest', image };
}
