import { expectWorker } from '../../client/connection/pollers.ts';
import { followRun } from '../../client/runs/follow-run.ts';
import { startRun } from '../../client/runs/start-run.ts';
import { usualDurations } from '../../client/runs/usual-durations.ts';
import type { RunView } from '../../client/runs/view-run.ts';
import type { RunbookFacts } from '../../engine/run/runbook-facts.ts';
import { inputFrom } from '../input/input-from.ts';
import { login, me } from '../input/me.ts';
import { targetFor } from '../input/target-for.ts';
import { exitCodeOf } from '../output/exit-code.ts';
import { print, printJson, say } from '../output/say.ts';
import { withClient } from './with-client.ts';

/** Runs the runbook up to its first act, and prints that, and what would follow with its usual time. */
export async function planRun(
  runbook: string,
  facts: RunbookFacts,
  options: Record<string, unknown>,
): Promise<void> {
  const target = targetFor(options['target'] as string | undefined);
  const input = inputFrom(runbook, facts, options, target);
  await withClient(async (client) => {
    await expectWorker(client, target.name);
    const request = {
      runbook,
      target: target.name,
      input,
      by: me(),
      login: login(),
      mode: 'plan',
    } as const;
    const run = await startRun(client, request);
    let view: RunView | undefined;
    for await (view of followRun(client, run));
    const usual = await usualDurations(client, runbook, target.name);
    process.exitCode = exitCodeOf(view!);
    printPlan(view!, usual, options['json'] === true);
  });
}

function printPlan(view: RunView, usual: ReadonlyMap<string, number>, json: boolean): void {
  const { run, ending, ledger = [] } = view;
  const steps = ledger.map((line) => ({ ...line, usualMilliseconds: usual.get(line.id) }));
  if (json) return printJson({ run, outcome: ending?.outcome, failure: ending?.failure, steps });
  for (const { number, title, state, note, usualMilliseconds } of steps) {
    const time =
      usualMilliseconds === undefined ? '' : `  usually ${(usualMilliseconds / 1000).toFixed(2)} s`;
    const read = state === 'done' ? 'read: ' : state === 'failed' ? 'fails: ' : '';
    print(`${String(number).padStart(2)}. ${title}${time}${note ? `\n      ${read}${note}` : ''}`);
  }
  say('', ending?.failure ? `It would fail: ${ending.failure.message}` : 'Nothing was changed');
}
