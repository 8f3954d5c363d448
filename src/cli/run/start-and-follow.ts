import { expectWorker } from '../../client/connection/pollers.ts';
import { startRun } from '../../client/runs/start-run.ts';
import type { RunbookFacts } from '../../engine/run/runbook-facts.ts';
import { expectOpenWindow } from '../input/expect-open-window.ts';
import { inputFrom } from '../input/input-from.ts';
import { login, me } from '../input/me.ts';
import { expectApprovable } from '../input/expect-approvable.ts';
import { targetFor } from '../input/target-for.ts';
import { print, printJson, say } from '../output/say.ts';
import { finish } from './finish.ts';
import { followUntilEnd } from './follow-until-end.ts';
import { withClient } from './with-client.ts';

/** Checks everything that can be checked here first: what is refused has changed nothing. */
export async function startAndFollow(
  runbook: string,
  facts: RunbookFacts,
  options: Record<string, unknown>,
): Promise<void> {
  const {
    because,
    approve = [],
    detach,
    wait,
    outsideWindow,
    json,
  } = options as {
    because?: string;
    approve?: string[];
    detach?: boolean;
    wait: boolean;
    outsideWindow?: boolean;
    json?: boolean;
  };
  const target = targetFor(options['target'] as string | undefined);
  expectApprovable(facts, approve, because);
  const input = inputFrom(runbook, facts, options, target);
  if (facts.onlyInWindow && !outsideWindow) expectOpenWindow(target);

  await withClient(async (client) => {
    await expectWorker(client, target.name);
    const run = await startRun(client, {
      runbook,
      target: target.name,
      input,
      by: me(),
      login: login(),
      approve,
      because,
      wait,
      ...(outsideWindow && { outsideWindow }),
    });
    say(`Started ${run}`);
    if (!detach) return finish(await followUntilEnd(client, run), { json });
    if (json) printJson({ run });
    else print(run);
  });
}
