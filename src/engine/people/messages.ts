import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { z } from 'zod';
import { Because, By } from '../../config/border/texts.ts';
import { Login } from '../../config/border/who.ts';
import type { Ledger } from '../run/ledger.ts';

const reason = Because.optional();
const step = z.string().max(200);
const signed = {
  /** By which the signal is found in history that carried it, or the same words: only a signal's event says who sent it. */
  id: z.uuid().optional(),
  login: Login.optional(),
  /** By which way it came: `link` is one that was signed for `by`. */
  via: z.string().max(100).optional(),
};
export type Signed = { readonly id?: string | undefined };

/** `attempt` is the line's when the question was seen: an answer to an older question is refused. */
export const Decision = z.strictObject({
  step,
  attempt: z.int().min(1),
  choice: z.enum(['retry', 'skip', 'undo']),
  by: By,
  reason,
  ...signed,
});
export type Decision = z.infer<typeof Decision>;

export const Approval = z.strictObject({ step, by: By, reason, ...signed });
export type Approval = z.infer<typeof Approval>;

export const Control = z.strictObject({ by: By, reason, ...signed });
export type Control = z.infer<typeof Control>;

/** The live view only: a closed run carries its ledger in its result or failure. */
export const ledgerQuery = defineQuery<Ledger>('ledger');
/** One sentence: what the run does now, or whom it waits for. */
export const explainQuery = defineQuery<string>('explain');

export const decideUpdate = defineUpdate<void, [Decision]>('decide');
export const approveUpdate = defineUpdate<void, [Approval]>('approve');
export const rejectUpdate = defineUpdate<void, [Approval]>('reject');

/**
 * Sent before an answer, with the same words. A server that authenticates writes into each event whose call wrote it: a signal's is its
 * sender's, but an update's is the worker's, which accepted it (Temporal 1.32), so that the answer alone tells nothing.
 */
export const statementSignal = defineSignal<[unknown]>('statement');

export const pauseSignal = defineSignal<[Control]>('pause');
export const resumeSignal = defineSignal<[Control]>('resume');
