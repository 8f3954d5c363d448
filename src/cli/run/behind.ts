import type { Client } from '@temporalio/client';
import { type RunView, viewRun } from '../../client/runs/view-run.ts';
import { holderIn } from '../../config/text/held-by.ts';
import { nextTry } from '../output/next-try.ts';

/** Of one that works nothing is asked: it may be done in a moment. */
const INTERVAL_MILLISECONDS = 3000;
/** The run that is followed is shown meanwhile as it was. */
const PATIENCE_MILLISECONDS = 1000;

/** What a person can do when the run that is followed stands behind another: answer that one if it waits for them, or stop it. */
export function openBehind(client: Client): (view: RunView) => Promise<string | undefined> {
  let known: { readonly holder: string; readonly at: number; readonly hint: string } | undefined;

  return async ({ status, retrying }) => {
    const held = retrying.find(({ activity }) => activity === 'target.take')?.message ?? '';
    const holder = status === 'RUNNING' ? holderIn(held) : undefined;
    if (holder === undefined) return undefined;
    const now = performance.now();
    if (known?.holder !== holder || now - known.at > INTERVAL_MILLISECONDS)
      known = { holder, at: now, hint: await hintOf(client, holder) };
    return known.hint;
  };
}

async function hintOf(client: Client, holder: string): Promise<string> {
  const other = await viewRun(client, holder, PATIENCE_MILLISECONDS).catch(() => undefined);
  const answer = (other && nextTry(other)) ?? `runbook explain ${holder}`;
  return `${answer}; or, to have its target: runbook stop ${rootOf(holder)}`;
}

/** `<runbook>/<target>/<stamp>`: whoever stops a part of a run leaves the whole, which holds the target. */
function rootOf(run: string): string {
  return run.split('/').slice(0, 3).join('/');
}
