import { z } from 'zod';
import { Duration, inMilliseconds } from '../duration.ts';
import { DayRule, ScheduleRule, TimeOfDay, Timezone } from './times.ts';

export const Maintenance = z.strictObject({
  /** A: the first Sunday of a month, 02:00 to 04:00 UTC. */
  window: z
    .strictObject({
      calendar: DayRule,
      start: TimeOfDay,
      duration: Duration,
      /** Before the end: no new step starts after it, so that there is time to undo. */
      cutoff: Duration.default('30m'),
      timezone: Timezone.default('UTC'),
    })
    .refine(
      ({ cutoff, duration }) => inMilliseconds(cutoff) < inMilliseconds(duration),
      'Expected "cutoff" below "duration"',
    ),
});

/** Runbooks that start by themselves, and when, in UTC. */
export const Schedules = z.record(z.string(), ScheduleRule);

/** Keeps automation from making things worse. Reading runbooks and backups are exempt. */
export const Governor = z.strictObject({
  /** Acting runs that no person started. */
  automatic: z
    .string()
    .regex(/^\d+ per (hour|day)$/, 'Expected a rate, such as "3 per hour"')
    .default('3 per hour'),
});
