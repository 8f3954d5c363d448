import { type AlertRule, matches } from '../../config/schema/alerts.ts';
import type { Alert } from './alert.ts';

/** Whether the alert has each label that is named. */
export function takes(
  { match }: Pick<AlertRule, 'match'>,
  { labels }: Pick<Alert, 'labels'>,
): boolean {
  return Object.entries(match).every(
    ([name, pattern]) => Object.hasOwn(labels, name) && matches(pattern, labels[name]!),
  );
}
