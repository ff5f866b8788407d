import type { SuppressionComment } from '../model/suppression.ts';
import type { SuppressionRule } from './rule.ts';
import { brief } from './support/words.ts';

export const suppressionWithoutReason: SuppressionRule = {
  reads: 'suppressions',
  id: 'suppression-without-reason',
  title: 'A `holdfast-ignore` comment that does not say why',
  severity: 'warning',
  kinds: 'every',
  sameAs: {},
  fixSafety: null,
  check: (comments) =>
    comments
      .filter(lacksReason)
      .map(({ path, remark, span }) => ({ path, span, message: remark === '' ? missing : hidden(remark) })),
};

/** A comment that silences nothing in any case has a finding of its own. */
const lacksReason = ({ names, reason }: SuppressionComment): boolean =>
  reason === '' && names.some(({ state }) => state === 'used' || state === 'unjudged');

const missing = 'This comment gives no reason, so it silences nothing; write one behind `--`.';

const hidden = (remark: string): string =>
  `This comment silences nothing; put two hyphens before the reason: ${brief(`-- ${remark.replace(/^[\s#:;,.–—-]+/, '')}`, 16)}.`;
