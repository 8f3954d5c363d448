import type { LogFile } from '../../../config/schema/logs.ts';
import { inBytes } from '../../../config/schema/values/quantities.ts';
import { type Stamp, timeOf } from '../../../config/time/stamp.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';

const HOUR = 3_600_000;
const PERIOD = { daily: 24 * HOUR, weekly: 7 * 24 * HOUR } as const;
/** A daily run that begins some minutes earlier than yesterday's still finds its log a day old. */
const SLACK = 2 * HOUR;

export interface Age {
  readonly bytes: number;
  /** When its first line was written, as far as we know. In ms since 1970. */
  readonly since: number;
}

/** Why a log is rotated by a run of this stamp, or undefined. */
export function whyDue(
  { size, every }: NonNullable<LogFile['rotate']>,
  { bytes, since }: Age,
  stamp: Stamp,
): string | undefined {
  if (bytes === 0) return undefined;
  if (size && bytes >= inBytes(size)) return `${inMebibytes(bytes)} of ${size}`;
  const age = timeOf(stamp) - since;
  if (every && age >= PERIOD[every] - SLACK) return `${every}, ${Math.round(age / HOUR)} h old`;
  return undefined;
}
