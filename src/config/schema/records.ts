import { z } from 'zod';
import { Duration } from '../time/duration.ts';
import { Bytes } from './values/quantities.ts';

/** What remains of runs in the target's state directory. */
export const Records = z.strictObject({
  /** Reports of runs are removed after it. */
  keep: Duration.default('400d'),
  /** Scheduled runs that only read, and ended done, are deleted from Temporal after it: their reports stay. */
  readings: Duration.default('7d'),
  /** What a system recovery put aside, old secrets among it, is removed after it: never that of the newest recovery. */
  replacedFiles: Duration.default('90d'),
  /** The audit begins a new file at this size, and with each year. None of them is ever removed. */
  auditSize: Bytes.default('10MB'),
});
