import { severities } from '../model/finding.ts';
import type { RuleLevel } from './settings.ts';

/** How severe a level is, as a number: 0 for `off`. */
export const severityRank = (level: RuleLevel): number =>
  level === 'off' ? 0 : severities.length - severities.indexOf(level);
