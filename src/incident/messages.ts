import { defineQuery, defineSignal } from '@temporalio/workflow';
import { z } from 'zod';
import { severities } from '../config/schema/values/severity.ts';
import type { AlertReport } from './alert-report.ts';
import type { Incident } from './incident.ts';

const by = z.string().min(1);
const reason = z.string().optional();

/** What people do with an incident. All are signals: they are kept when no worker runs. */
export const Answer = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('acknowledge'), by, via: z.string().optional() }),
  z.strictObject({ what: z.literal('note'), by, text: z.string().min(1) }),
  z.strictObject({ what: z.literal('assign'), by, role: z.string().min(1), to: z.string().min(1) }),
  z.strictObject({ what: z.literal('severity'), by, severity: z.enum(severities), reason }),
  z.strictObject({ what: z.literal('resolve'), by, reason }),
  z.strictObject({
    what: z.literal('task'),
    by,
    title: z.string().min(1),
    owner: z.string().min(1),
    due: z.iso.date().optional(),
  }),
  z.strictObject({ what: z.literal('task-done'), by, task: z.int().min(1) }),
  z.strictObject({ what: z.literal('review'), by, text: z.string().min(1) }),
]);
export type Answer = z.infer<typeof Answer>;

export const reportSignal = defineSignal<[AlertReport]>('report');
export const answerSignal = defineSignal<[Answer]>('answer');
export const reviewQuery = defineQuery<unknown>('review');
export const incidentQuery = defineQuery<Incident | undefined>('incident');
