import { defineQuery, defineSignal } from '@temporalio/workflow';
import { z } from 'zod';
import {
  Because,
  By,
  Label,
  LongText,
  Moment,
  someWords,
  upTo,
  WorkflowId,
} from '../config/border/texts.ts';
import { Login } from '../config/border/who.ts';
import { severities } from '../config/schema/values/severity.ts';
import { AlertReport } from './alert-report.ts';
import type { Incident } from './incident.ts';

const signed = {
  by: By,
  /** By which the signal is found in history, whose event tells who sent it. */
  id: z.uuid().optional(),
  login: Login.optional(),
  /** By which way it came: `link` is one that was signed for `by`. */
  via: someWords(100).optional(),
};
const reason = Because.optional();
const name = someWords(100);

/** What people do with an incident. All are signals: they are kept when no worker runs. */
export const Answer = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('acknowledge'), ...signed }),
  z.strictObject({ what: z.literal('note'), ...signed, text: LongText }),
  z.strictObject({ what: z.literal('assign'), ...signed, role: name, to: name }),
  z.strictObject({ what: z.literal('severity'), ...signed, severity: z.enum(severities), reason }),
  z.strictObject({ what: z.literal('resolve'), ...signed, reason }),
  z.strictObject({
    what: z.literal('task'),
    ...signed,
    title: someWords(300),
    owner: name,
    due: z.iso.date().optional(),
  }),
  z.strictObject({ what: z.literal('task-done'), ...signed, task: z.int().min(1).max(1000) }),
  z.strictObject({
    what: z.literal('review'),
    ...signed,
    text: LongText,
    /** What whoever runs these runbooks should know from now on. */
    learned: LongText.optional(),
    runbooks: upTo(10, Label).optional(),
  }),
  /** For its report: whom it harmed and how, when the fault began, why, and what helped. */
  z.strictObject({
    what: z.literal('find'),
    ...signed,
    impact: LongText.optional(),
    began: Moment.optional(),
    cause: LongText.optional(),
    helped: LongText.optional(),
  }),
  /** `to`: one of the target's contacts. Without, the next level. */
  z.strictObject({ what: z.literal('escalate'), ...signed, to: Label.optional(), reason }),
  z.strictObject({ what: z.literal('reassign'), ...signed, to: Label, reason }),
  z.strictObject({ what: z.literal('respond'), ...signed, to: Label, reason }),
  z.strictObject({ what: z.literal('snooze'), ...signed, until: Moment, reason }),
  z.strictObject({ what: z.literal('unacknowledge'), ...signed, reason }),
]);
export type Answer = z.infer<typeof Answer>;

/** What came when an episode was over already: it begins the next one. */
export const NextEpisode = z.object({
  incident: WorkflowId,
  /** The run that has ended, or does so at this moment. */
  run: WorkflowId,
  /** In its order. */
  said: upTo(
    10_000,
    z.union([z.strictObject({ report: AlertReport }), z.strictObject({ answer: Answer })]),
  ),
});
export type NextEpisode = z.infer<typeof NextEpisode>;

export const reportSignal = defineSignal<[AlertReport]>('report');
export const answerSignal = defineSignal<[Answer]>('answer');
/** What else it may say one day is not ours to refuse. */
export const Lifted = z.looseObject({ why: someWords(2000).optional() }).catch({});
/** Somebody worked on the target, or had silenced the fault, and does no more. `why`: what an incident's timeline says of it. */
export const liftedSignal = defineSignal<[{ readonly why?: string | undefined }]>('lifted');
export const reviewQuery = defineQuery<unknown>('review');
export const incidentQuery = defineQuery<Incident | undefined>('incident');
