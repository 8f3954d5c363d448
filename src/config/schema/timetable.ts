import { z } from 'zod';
import { Duration, inMilliseconds } from '../time/duration.ts';
import { Cron } from './values/cron.ts';
import { DayRule, Moment, TimeOfDay, Timezone } from './values/times.ts';

/** A file or directory of the application. */
export const Inside = z
  .string()
  .min(1)
  .regex(/^(?!\/)(?!-)(?!.*(?:^|\/)\.\.(?:\/|$))/, 'Expected a path inside of the directory');

/** A program and its arguments: no shell comes between. */
const Command = z.array(z.string().min(1)).min(1);

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
  /** What the application is built on. A: `uv pip install --upgrade -e .`. Commands run in the target's directory. */
  dependencies: z
    .strictObject({
      /** Prints what is installed, a line each, such as `[uv, pip, freeze]`. */
      list: Command,
      update: Command,
      /** Brings back what `list` had printed into `{file}`, such as `[uv, pip, install, -r, '{file}']`, or what `lock` says, such as `[uv, sync, --frozen]`. */
      restore: Command,
      /** A lock file, such as `uv.lock`: kept before, and put back by its bytes before `restore` runs. */
      lock: Inside.optional(),
      timeout: Duration.default('20m'),
    })
    .refine(
      ({ restore, lock }) => lock !== undefined || restore.some((part) => part.includes('{file}')),
      { path: ['restore'], error: 'Expected "{file}" among the arguments, or a "lock"' },
    )
    .optional(),
  /** Runbooks that are started in the window, too, in this order, with their default input. */
  chores: z.array(z.string()).default([]),
});

const CatchUp = Duration.refine(
  (duration) => inMilliseconds(duration) >= 10_000,
  'Expected "10s" or more',
);

/** A rule that is more than a moment in UTC. */
const DetailedRule = z
  .strictObject({
    at: Moment.optional(),
    cron: Cron.optional(),
    /** Default UTC. */
    timezone: Timezone.optional(),
    /** Begin up to this much later, at random: for many targets that share something. */
    jitter: Duration.optional(),
    /** How late a start that Temporal missed is still made up for. Default: the runbook's own lateness. */
    catchUp: CatchUp.optional(),
    /** The runbook's own input. */
    input: z.record(z.string(), z.unknown()).optional(),
    /** True: it is there, and does not start until a person resumes it. */
    paused: z.boolean().default(false),
  })
  .refine(({ at, cron }) => (at === undefined) !== (cron === undefined), {
    path: ['at'],
    error: 'Expected either "at" or "cron"',
  })
  .refine(({ at, timezone }) => timezone === undefined || (at !== 'window' && at !== 'hourly'), {
    path: ['timezone'],
    error: 'Expected none: "hourly" needs none, and "window" has that of "maintenance"',
  });
type DetailedRule = z.infer<typeof DetailedRule>;

export const ScheduleRule = z.union(
  [Moment, DetailedRule],
  'Expected "hourly", "window", "09:00", "SUNDAY 02:00" or "first SUNDAY 02:00"',
);
export type ScheduleRule = z.infer<typeof ScheduleRule>;

/** A moment alone is the short form of a rule. */
export function detailed(rule: ScheduleRule): DetailedRule {
  return typeof rule === 'string' ? { at: rule, paused: false } : rule;
}

/** Runbooks that start by themselves, and when: in UTC, unless their rule names a time zone. */
export const Schedules = z.record(z.string(), ScheduleRule);

/** Keeps automation from making things worse. Reading runbooks and backups are exempt. */
export const Governor = z.strictObject({
  /** Acting runs that no person started. */
  automatic: z
    .string()
    .regex(/^\d+ per (hour|day)$/, 'Expected a rate, such as "3 per hour"')
    .default('3 per hour'),
});
