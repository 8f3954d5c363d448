import { z } from 'zod';
import { RunQuestion } from '../config/border/run-question.ts';
import {
  Because,
  Label,
  Moment,
  someWords,
  TargetName,
  upTo,
  WorkflowId,
} from '../config/border/texts.ts';
import { severities } from '../config/schema/values/severity.ts';
import { Duration } from '../config/time/duration.ts';
import { Member } from './members/members.ts';

/** Labels of one alert, and the letters of each. What has more is silenced by what is left. */
export const MOST_LABELS = 50;
export const MOST_LETTERS_OF_LABEL = 500;

/** Of one report: 10 000 alerts are 25 of them. */
export const MOST_MEMBERS_OF_ONE = 400;

/** Beside its severity, what decides who is asked. */
export const IncidentKind = z.enum(['security', 'database']);
export type IncidentKind = z.infer<typeof IncidentKind>;

/**
 * What opens an incident or says how it goes on: said by an alert, a run or a person. The target and the fingerprint name the
 * incident, so that a thousand reports of one fault are one incident. Times are ISO 8601, UTC.
 */
export const AlertReport = z.strictObject({
  target: TargetName,
  /** What is wrong, not how badly: the same each time it is seen. */
  fingerprint: z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/, 'Expected a-z, 0-9 and dashes'),
  status: z.enum(['firing', 'resolved']),
  severity: z.enum(severities),
  kind: IncidentKind.optional(),
  /** One line. */
  title: z.string().min(1).max(300),
  /** What is known, in plain text. */
  details: z.string().max(8000).optional(),
  /** A person, a run's id, or a source such as `alertmanager`. */
  source: someWords(1000),
  /** Default `alert`: only what an alert says is held back while somebody works on the target. */
  origin: z.enum(['alert', 'run', 'person']).optional(),
  /** By the clock of who says so: when it began, or when it was gone. */
  at: Moment,
  /** When Temporal received it, if it was said to the episode before, and handed on. */
  received: Moment.optional(),
  /** Whom it is for, of the target's contacts. Default: as its `escalation` has it. */
  to: Label.optional(),
  /** The runbook that the target's routing starts for it. */
  remediation: someWords(1000).optional(),
  /** How long the signal must stay away until the incident is resolved. Default: as `incidents` of the target says. */
  hold: Duration.optional(),
  /** Where to see more, e.g. the graph. */
  links: upTo(5, z.url().max(2000)).optional(),
  /** What the run asks that says so. */
  question: RunQuestion.optional(),
  /** A person says that it is not over: of the episode in this workflow run. */
  reopens: z.strictObject({ run: WorkflowId, reason: Because }).optional(),
  /** By which people silence it. */
  labels: z
    .record(z.string().max(MOST_LETTERS_OF_LABEL), z.string().max(MOST_LETTERS_OF_LABEL))
    .refine((labels) => Object.keys(labels).length <= MOST_LABELS, 'Expected fewer labels')
    .optional(),
  /** The incident is of several alerts, and this is what some of them say. It is over when all of them are. */
  members: upTo(MOST_MEMBERS_OF_ONE, Member).optional(),
  /** They have nothing in common but their time: whoever acknowledged some is asked anew when others come. */
  mixed: z.boolean().optional(),
});
export type AlertReport = z.infer<typeof AlertReport>;

/** The workflow's id. Each episode is a run of its own under it. */
export function incidentId(target: string, fingerprint: string): string {
  return `incident/${target}/${fingerprint}`;
}

/** The workflow of the review of one episode: `run` is the episode's first run. */
export function reviewId(incident: string, run: string): string {
  return `review/${incident.slice('incident/'.length)}/${run}`;
}
