import { Temporal as T } from 'temporal-polyfill';
import { dailyFiles } from '../../../config/load/daily-files.ts';
import type { Target } from '../../../config/schema/target.ts';
import { Weekday } from '../../../config/schema/values/times.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import type { ArchiveName } from '../../artefact/manifest.ts';

/** One archive that goes with a backup. */
export interface FilePolicy {
  readonly name: ArchiveName;
  /** Relative to the target's directory. */
  readonly paths: readonly string[];
  /** Names that are left out, such as `*.pyc`. */
  readonly exclude: readonly string[];
}

/** What goes with a backup besides the database: daily what changes by hand, weekly what is large. */
export function filePolicies(target: Target, kind: 'daily' | 'weekly', stamp: Stamp): FilePolicy[] {
  const { backups, schedules, calendar } = target;
  const { weekly } = backups;
  const withData =
    kind === 'weekly' ||
    (!('weekly-backup' in schedules) && weekdayOf(stamp, calendar.timezone) === weekly?.day);
  const policies: FilePolicy[] = [
    { name: 'configuration', paths: dailyFiles(target), exclude: [] },
    { name: 'data', paths: (withData && weekly?.files) || [], exclude: weekly?.exclude ?? [] },
  ];
  return policies.filter(({ paths }) => paths.length > 0);
}

function weekdayOf(stamp: Stamp, timezone: string): string {
  const instant = T.PlainDateTime.from(stamp.replace('_', 'T')).toZonedDateTime('UTC').toInstant();
  const { dayOfWeek } = instant.toZonedDateTimeISO(timezone);
  return Weekday.options[dayOfWeek - 1]!;
}
