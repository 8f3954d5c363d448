import { defineQuery, defineSignal } from '@temporalio/workflow';
import { z } from 'zod';
import { Because, By, LongText, someWords } from '../config/border/texts.ts';
import { severities } from '../config/schema/values/severity.ts';
import type { AlertReport } from './alert-report.ts';
import type { Incident } from './incident.ts';

const by = By;
const reason = Because.optional();
const name = someWords(100);

/** What people do with an incident. All are signals: they are kept when no worker runs. */
export const Answer = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('acknowledge'), by, via: someWords(100).optional() }),
  z.strictObject({ what: z.literal('note'), by, text: LongText }),
  z.strictObject({ what: z.literal('assign'), by, role: name, to: name }),
  z.strictObject({ what: z.literal('severity'), by, severity: z.enum(severities), reason }),
  z.strictObject({ what: z.literal('resolve'), by, reason }),
  z.strictObject({
    what: z.literal('task'),
    by,
    title: someWords(300),
    owner: name,
    due: z.iso.date().optional(),
  }),
  z.strictObject({ what: z.literal('task-done'), by, task: z.int().min(1).max(1000) }),
  z.strictObject({ what: z.literal('review'), by, text: LongText }),
]);
export type Answer = z.infer<typeof Answer>;

export const reportSignal = defineSignal<[AlertReport]>('report');
export const answerSignal = defineSignal<[Answer]>('answer');
export const reviewQuery = defineQuery<unknown>('review');
export const incidentQuery = defineQuery<Incident | undefined>('incident');
