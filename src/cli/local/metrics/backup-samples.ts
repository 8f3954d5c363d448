import { catalogueOf } from '../../../activities/backups/catalogue/catalogue.ts';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import type { Sample } from './metrics-text.ts';

/** From the manifests of a target's backups. `hasUnread`: a place of them could not be read. */
export function backupSamples(target: Target): {
  readonly samples: readonly Sample[];
  readonly hasUnread: boolean;
} {
  const { backups, unread } = catalogueOf(target);
  const newest = backups.find(({ state }) => state === 'verified');
  const goal = target.backups.goals?.rpo ?? target.database.maintenance.backupWithin;
  const labels = { target: target.name };
  const counts = Map.groupBy(backups, ({ state }) => state);
  const samples: Sample[] = [
    {
      name: 'runbook_backup_last_verified_timestamp_seconds',
      labels,
      value: newest?.takenAt === undefined ? 0 : Date.parse(newest.takenAt) / 1000,
    },
    { name: 'runbook_backup_max_age_seconds', labels, value: inMilliseconds(goal) / 1000 },
    { name: 'runbook_backup_bytes', labels, value: newest?.bytes ?? 0 },
    ...[...counts].map(([state, some]): Sample => ({
      name: 'runbook_backups',
      labels: { ...labels, state },
      value: some.length,
    })),
  ];
  return { samples, hasUnread: unread.length > 0 };
}
