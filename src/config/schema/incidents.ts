import { z } from 'zod';
import { Duration, DurationAboveZero } from '../time/duration.ts';
import { AlertGroup } from './alerts.ts';
import { PerSeverityAboveZero } from './on-call/escalation-level.ts';
import { severities } from './values/severity.ts';

const Of = z.array(z.enum(severities)).min(1);

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
