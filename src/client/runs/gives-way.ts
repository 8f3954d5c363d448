import type { Client } from '@temporalio/client';
import type { Ledger } from '../../engine/run/ledger.ts';
import { catalogue } from '../catalogue.ts';

/** Whoever asks holds up a sev1 meanwhile, and asks again in a few seconds. */
const PATIENCE_MILLISECONDS = 1000;

/**
 * Whether a run of a lesser severity than sev1 only waits for an answer of people, who may be asleep: a decision or an approval. One that
 * somebody has paused stays: they may be at work by hand. Unknown, because nobody answers within a second: no.
 */
export async function givesWay(client: Client, run: string): Promise<boolean> {
  try {
    return await client.withDeadline(Date.now() + PATIENCE_MILLISECONDS, async () => {
      const handle = client.workflow.getHandle(run);
      const { type, status } = await handle.describe();
      const severity = catalogue.get(type)?.severity;
      if (status.name !== 'RUNNING' || !severity || severity === 'sev1') return false;
      return onlyWaits(await handle.query<Ledger>('ledger'));
    });
  } catch {
    return false;
  }
}

function onlyWaits(ledger: Ledger): boolean {
  const working = ledger.filter(({ state }) => state === 'running' || state === 'waiting');
  return working.length > 0 && working.every(({ waiting }) => waiting && waiting.for !== 'resume');
}
