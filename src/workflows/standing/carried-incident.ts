import { z } from 'zod';
import { RunQuestion } from '../../config/border/run-question.ts';
import { Moment, TargetName, upTo, WorkflowId } from '../../config/border/texts.ts';
import { severities } from '../../config/schema/values/severity.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { findingParts, type Incident } from '../../incident/incident.ts';

const text = z.string().max(9000);
const name = z.string().max(1100);
const count = z.int().min(0);
/** Milliseconds: at most a hundred years, so that every moment can be reckoned. */
const length = z.number().min(0).max(inMilliseconds('36500d'));

/**
 * An incident that one run of its workflow hands to the next. What an older version has handed on is read, too, and what a newer one adds
 * is kept: so it is loose.
 */
export const CarriedIncident = z.looseObject({
  id: WorkflowId,
  target: TargetName,
  fingerprint: z.string().max(100),
  state: z.enum(['triggered', 'acknowledged', 'resolved']),
  severity: z.enum(severities),
  title: text,
  details: text.optional(),
  links: upTo(5, text),
  source: name,
  sources: z
    .record(name, z.looseObject({ firing: z.boolean(), at: Moment, severity: z.enum(severities) }))
    .optional(),
  labels: z.record(text, text).optional(),
  members: z
    .looseObject({
      known: z.record(
        name,
        z.looseObject({
          title: text,
          firing: z.boolean(),
          severity: z.enum(severities),
          at: Moment,
        }),
      ),
      unlisted: upTo(10_000, z.string().max(100)),
      uncounted: z.boolean().optional(),
    })
    .optional(),
  startsAt: Moment.optional(),
  origin: z.enum(['alert', 'run', 'person']),
  to: name.optional(),
  openedAt: Moment,
  count,
  lastSeenAt: Moment,
  flaps: count,
  clearedAt: Moment.optional(),
  resolvesAt: Moment.optional(),
  hold: name.optional(),
  acknowledged: z
    .looseObject({ by: name, at: Moment, until: Moment, snoozed: z.boolean().optional() })
    .optional(),
  firstAcknowledgedAt: Moment.optional(),
  resolvedAt: Moment.optional(),
  question: RunQuestion.optional(),
  former: name.optional(),
  raised: z.looseObject({ from: z.enum(severities), at: Moment }).optional(),
  announcements: upTo(
    1000,
    z.looseObject({
      contact: name,
      event: z.enum(['acknowledge', 'resolve', 'note']),
      text: text.optional(),
      since: Moment,
      at: Moment,
      tries: count,
      only: upTo(100, name).optional(),
    }),
  ).optional(),
  escalation: z.looseObject({
    from: Moment,
    round: count,
    version: count,
    reckoned: count,
    asked: name.optional(),
    lowered: Moment.optional(),
    steps: upTo(
      1000,
      z.looseObject({
        level: name,
        contact: name,
        at: Moment,
        due: Moment.optional(),
        notified: z.boolean(),
        notifiedAt: Moment.optional(),
        tries: count,
        rang: z.boolean().optional(),
        asked: name.optional(),
      }),
    ),
  }),
  policy: z
    .looseObject({
      repeat: length,
      acknowledged: length,
      hold: length,
      rings: z.boolean().optional(),
      contacts: upTo(1000, name).optional(),
      updates: z.looseObject({ to: name, every: length }).optional(),
      review: z.looseObject({ to: name, within: length }).optional(),
      task: z.looseObject({ what: name, to: name, due: z.iso.date() }).optional(),
    })
    .optional(),
  heldUntil: Moment.optional(),
  updateAt: Moment.optional(),
  notified: upTo(1000, name),
  remediation: name.optional(),
  roles: z.record(name, name),
  tasks: upTo(
    1000,
    z.looseObject({
      number: count,
      title: text,
      owner: name,
      due: z.iso.date().optional(),
      done: z.boolean(),
      closed: z.looseObject({ by: name, at: Moment }).optional(),
      asked: z.enum(severities).optional(),
    }),
  ),
  findings: z
    .partialRecord(
      z.enum(findingParts),
      z.looseObject({ text: z.string().max(9000), by: name, at: Moment }),
    )
    .optional(),
  remediations: upTo(
    1000,
    z.looseObject({ runbook: name, run: name, outcome: z.string().optional() }),
  ),
  timeline: upTo(
    500,
    z.looseObject({
      at: Moment,
      what: name,
      by: z.string(),
      text: z.string(),
      deliveries: upTo(
        1000,
        z.looseObject({ channel: name, delivered: z.boolean(), detail: z.string() }),
      ).optional(),
    }),
  ),
  findable: z.boolean(),
  messages: count,
}) as unknown as z.ZodType<Incident>;
