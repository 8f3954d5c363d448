import { z } from 'zod';
import { Duration, inMilliseconds } from '../../time/duration.ts';
import { Bytes } from '../values/quantities.ts';

const Pause = Duration.refine(
  (duration) => inMilliseconds(duration) >= 5000,
  'Expected "5s" or more',
);

/** What `runbook watchdog` says of the product itself, and to whom: a process that goes on when worker and Temporal do not. */
export const Watchdog = z.strictObject({
  /** Of `contacts`. */
  to: z.array(z.string()).min(1),
  /** Of `channels`: by these alone. What the worker does not use as well is best. Default: all that reach them. */
  by: z.array(z.string()).min(1).optional(),
  /** Of `channels`, of kind `healthchecks`: it hears of each look, and raises the alarm when the watchdog itself falls silent. */
  check: z.string().optional(),
  /** Between two looks. */
  every: Pause.default('20s'),
  /** For so long something must be wrong before anybody is told. A restart of the worker takes less. */
  patience: Duration.default('1m'),
  /** As long as it stays wrong, it is told again after it. */
  repeat: Duration.default('1h'),
  /** Free on the disks of the state directory and of Temporal's file. */
  diskBelow: Bytes.default('500MB'),
});
export type Watchdog = z.infer<typeof Watchdog>;
