import { type AlertRule, matchesAll } from '../../config/schema/alerts.ts';
import type { Alert } from './alert.ts';

/** Whether the alert has each label that is named. */
export function takes({ match }: Pick<AlertRule, 'match'>, { labels }: Alert): boolean {
  return matchesAll(match, labels);
}
