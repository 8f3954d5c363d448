import type { LogFile } from '../../../config/schema/logs.ts';
import type { Target } from '../../../config/schema/target.ts';
import { countText } from '../../../config/text/count-text.ts';
import { permanent } from '../../../os/failure.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { withLog } from '../read/open-log.ts';
import { hourOf } from '../read/scanner.ts';
import { logFindings } from './findings.ts';
import { openLogRecord } from './log-record.ts';
import { readNew } from './read-new.ts';
import { type Hours, openTally, OTHERS } from './tally.ts';

interface Counted {
  readonly name: string;
  readonly count: number;
}

/** What the last day of a log shows. Names come from outside, and do nothing to a reader. */
export interface LogReview {
  /** From the beginning of this hour. ISO 8601, UTC. */
  readonly since: string;
  readonly errors: number;
  readonly warnings: number;
  /** The most frequent messages of errors, with numbers, ids and what is quoted left out. */
  readonly messages: readonly Counted[];
  /** Errors by the class of their exception. */
  readonly types: readonly Counted[];
  /** `SLOW QUERY`, `HIGH MEMORY`, `TIMEOUT`. */
  readonly alerts: readonly Counted[];
  /** Telemetry by its `event_type`. */
  readonly events: readonly Counted[];
  /** Logins that failed, by where they came from. */
  readonly logins: readonly Counted[];
  /** The newest stamp. ISO 8601, UTC. Missing: none was ever read. */
  readonly newest?: string;
  /** New bytes since the last review, of what is not compressed. */
  readonly read: number;
  /** What deserves attention: sentences. */
  readonly findings: readonly string[];
  readonly note: string;
}

const DAY = 24 * 3_600_000;
/** The manual asks for the top 5. */
const TOP = 5;
const NAMES = 10;

/**
 * Reads what is new in a log and in all that was rotated of it, and tells what its last day shows. Counts and cursors are written
 * as one: an attempt that is killed has counted all of it, or nothing. Errors: `LogUnknown` when there is no such file,
 * `NotPermitted` when it may not be read.
 */
export async function reviewLog(
  target: Target,
  log: LogFile,
  now = Date.now(),
): Promise<LogReview> {
  const place = openLogRecord(target, log.file);
  const found = place.read();
  const known = found === 'unreadable' ? undefined : found;
  const since = known?.since ?? hourOf(now - DAY);
  const tally = openTally(known?.hours ?? {}, now);

  return withLog(target, log.file, async (open) => {
    const { live, rotated, refused } = open;
    if (!live && (refused.length > 0 || !known))
      throw permanent(
        refused.length > 0 ? 'NotPermitted' : 'LogUnknown',
        refused.length > 0
          ? `Cannot review it: ${refused.join('; ')}`
          : `There is no "${log.file}"`,
      );
    const { cursors, read, files, lost } = await readNew(
      open,
      log,
      { cursors: known?.cursors ?? [], since },
      tally,
      now,
    );
    const newest = Math.max(known?.newest ?? -Infinity, tally.newest());
    const hours = tally.hours();
    const hasNewest = Number.isFinite(newest);
    place.write({
      version: 1,
      file: log.file,
      since,
      ...(hasNewest && { newest }),
      cursors: [...cursors],
      hours,
    });

    const modified = Math.max(
      ...[live, ...rotated].map((part) => Number(part?.stats.mtimeMs ?? 0)),
    );
    const day = lastDay(hours, now);
    const findings = [
      ...(live ? [] : [`"${log.file}" is gone, and nothing was written in its place`]),
      ...(found === 'unreadable'
        ? [
            'What the last review had written could not be read: it begins anew, and knows nothing of the weeks before',
          ]
        : []),
      ...refused,
      ...lost,
      ...strangerText(tally.strangers(), log),
      ...logFindings({
        hours,
        since,
        now,
        modified,
        read,
        timezone: log.timezone,
        ...(hasNewest && { newest }),
      }),
    ];
    const counts = `${countText(day.errors, 'error')}, ${countText(day.warnings, 'warning')}`;
    const from =
      files.length === 0
        ? 'nothing new'
        : `${inMebibytes(read)} new${files.length > 1 ? ` in ${countText(files.length, 'file')}` : ''}`;
    return {
      since: new Date(Math.max(since, hourOf(now - DAY))).toISOString(),
      ...day,
      ...(hasNewest && { newest: new Date(newest).toISOString() }),
      read,
      findings,
      note: [`${counts} (${from})`, ...findings].join('; '),
    };
  });
}

function lastDay(hours: Hours, now: number) {
  const day = Object.entries(hours).flatMap(([hour, counts]) =>
    Number(hour) >= hourOf(now - DAY) ? [counts] : [],
  );
  const sum = (key: 'errors' | 'warnings') => day.reduce((all, hour) => all + hour[key], 0);
  const top = (
    key: 'messages' | 'types' | 'alerts' | 'events' | 'logins',
    most = NAMES,
  ): Counted[] => {
    const all = new Map<string, number>();
    for (const hour of day)
      for (const [name, count] of Object.entries(hour[key] ?? {}))
        all.set(name, (all.get(name) ?? 0) + count);
    const sorted = [...all].toSorted(
      ([one, count], [other, more]) =>
        Number(one === OTHERS) - Number(other === OTHERS) ||
        more - count ||
        one.localeCompare(other),
    );
    return sorted.slice(0, most).map(([name, count]) => ({ name, count }));
  };
  return {
    errors: sum('errors'),
    warnings: sum('warnings'),
    messages: top('messages', TOP),
    types: top('types'),
    alerts: top('alerts'),
    events: top('events'),
    logins: top('logins'),
  };
}

function strangerText(count: number, { format }: LogFile): string[] {
  return count > 0
    ? [
        `${countText(count, 'new line')} of it ${count === 1 ? 'is' : 'are'} not what "format: ${format}" says`,
      ]
    : [];
}
