import type { Client } from '@temporalio/client';
import { catalogue } from '../catalogue.ts';
import { viewRun } from './view-run.ts';

/**
 * Whether a run of a lesser severity than sev1 only waits for an answer of people, who may be asleep: a decision or an approval. One that
 * somebody has paused stays: they may be at work by hand. Unknown, because no worker answers: no.
 */
export async function givesWay(client: Client, run: string): Promise<boolean> {
  const { runbook, status, ledger = [], source } = await viewRun(client, run);
  const severity = catalogue.get(runbook)?.severity;
  if (status !== 'RUNNING' || source !== 'run' || !severity || severity === 'sev1') return false;
  const working = ledger.filter(({ state }) => state === 'running' || state === 'waiting');
  return working.length > 0 && working.every(({ waiting }) => waiting && waiting.for !== 'resume');
}
