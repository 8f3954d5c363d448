import type { Client } from '@temporalio/client';
import { explain } from '../../engine/run/explain.ts';
import { searchAttributes } from '../../engine/run/search-attributes.ts';
import { stuckReason } from './stuck/stuck-reason.ts';
import { whyMisplaced } from './stuck/misplaced-runs.ts';
import { type RunView, viewRun } from './view-run.ts';

const PLACE_SOUGHT = 'Waiting for the place where it began';

/** How the sentence of a run begins that does not go on although somebody serves it. */
export const STUCK = 'Does not go on';

export interface Explanation {
  readonly run: string;
  /** What the run does now, or whom it waits for; how it ended, if it has. */
  readonly sentence: string;
  /** What it tries, and why that has failed so far. */
  readonly retrying: RunView['retrying'];
  readonly view: RunView;
}

/** Explains a run in a sentence, by its own answer, or by its history when no worker answers within `patience` ms. */
export async function explainRun(
  client: Client,
  run: string,
  patience?: number,
): Promise<Explanation> {
  const view = await viewRun(client, run, patience);
  const isSilent = view.source === 'history' && view.status === 'RUNNING';
  const silence = isSilent
    ? ((await stuckAt(client, run)) ?? (await waitsOn(client, run)))
    : undefined;
  const misplaced = whyMisplaced(view);
  const sentence =
    misplaced === undefined ? (silence ?? sentenceOf(view)) : `${PLACE_SOUGHT}: ${misplaced}`;
  return { run, sentence, retrying: view.retrying, view };
}

async function stuckAt(client: Client, run: string): Promise<string | undefined> {
  const reason = await stuckReason(client, run);
  return reason === undefined ? undefined : `${STUCK}: ${reason}`;
}

/** Whether it waits for a person is nothing that its history shows, but Temporal's lists do. */
async function waitsOn(client: Client, run: string): Promise<string | undefined> {
  const { typedSearchAttributes: known } = await client.workflow.getHandle(run).describe();
  if (known.get(searchAttributes.state) !== 'waiting') return undefined;
  return `Waiting for a person at "${known.get(searchAttributes.step)}" (by Temporal's lists: no worker answered)`;
}

function sentenceOf({ status, ending, ledger, source }: RunView): string {
  if (ending)
    return `Ended: ${ending.outcome}${ending.failure ? `, ${ending.failure.message}` : ''}`;
  if (status !== 'RUNNING') return `Ended from outside: ${status.toLowerCase()}`;
  if (!ledger) return 'It runs, and is none of the runbooks known here';
  const sentence = explain(ledger);
  return source === 'run' ? sentence : `${sentence} (by its history: no worker answered)`;
}
