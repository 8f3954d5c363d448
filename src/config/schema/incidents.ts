import { z } from 'zod';
import { Duration, DurationAboveZero } from '../time/duration.ts';
import { AlertGroup } from './alerts.ts';
import { PerSeverityAboveZero } from './on-call/escalation-level.ts';
import { Limits } from './on-call/limits.ts';
import { severities } from './values/severity.ts';

const Of = z.array(z.enum(severities)).min(1);

/** A task with an owner and a date, which is asked for until it is done, also when the incident is over. */
const Action = z.strictObject({
  /** What is said of it, before the title of the incident. */
  task: z.string().min(1).max(100),
  /** Of `contacts`. */
  to: z.string(),
  /** Its date is the first business day from then on. */
  within: DurationAboveZero,
  /** So often its owner hears how the incident stands, as long as it is open. Missing: never. */
  watch: DurationAboveZero.optional(),
});

/** How incidents of a target go on. Whom they page, and when, is in `escalation`. */
export const Incidents = z.strictObject({
  /** Everybody was paged and nobody acknowledged: they are paged from the beginning, so long after the last. */
  repeat: PerSeverityAboveZero.default({ sev1: '30m', sev2: '1h', sev3: '8h', sev4: '2d' }),
  /** Whoever acknowledged and is not heard of for so long has fallen asleep again. */
  acknowledged: PerSeverityAboveZero.default({ sev1: '1h', sev2: '4h', sev3: '1d', sev4: '3d' }),
  /** How long a fault stays away until its incident is resolved, unless the alert's rule says otherwise. */
  hold: Duration.default('5m'),
  /** Which alerts are one incident with members, such as `{ by: [alertname] }`. */
  group: z.array(AlertGroup).default([]),
  /** More alerts than that in one notification, which no group takes and for which no runbook is started, are one incident. */
  storm: z.union([z.int().min(2), z.literal('off')]).default(10),
  /** How many messages one person gets by one channel. */
  limits: Limits.prefault({}),
  /** What a severity asks for besides an answer. A: sev3 is a "scheduled fix, monitoring", sev4 a "backlog addition". */
  actions: z
    .strictObject({
      sev1: Action.optional(),
      sev2: Action.optional(),
      sev3: Action.optional(),
      sev4: Action.optional(),
    })
    .default({}),
  /** Notifies a contact of how it stands, again and again. */
  updates: z
    .strictObject({
      to: z.string(),
      every: DurationAboveZero.default('1h'),
      of: Of.default(['sev1']),
    })
    .optional(),
  /** Test pages, which the runbook page-test sends. */
  synthetic: z
    .strictObject({
      /** Of `contacts`. Default: all. */
      to: z.array(z.string()).min(1).optional(),
      /** Try what rings, too. */
      ring: z.boolean().default(false),
    })
    .prefault({}),
  /** Whom to remind of the review after an incident. B: within 48 h. */
  review: z
    .strictObject({
      to: z.string(),
      within: DurationAboveZero.default('48h'),
      of: Of.default(['sev1', 'sev2']),
    })
    .optional(),
});
