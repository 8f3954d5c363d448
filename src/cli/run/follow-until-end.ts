import type { Client } from '@temporalio/client';
import { unreachableErrorOf } from '../../client/connection/unreachable-error-of.ts';
import { UnreachableError } from '../../client/connection/unreachable-error.ts';
import { followRun } from '../../client/runs/follow-run.ts';
import type { RunView } from '../../client/runs/view-run.ts';
import { openNews } from '../../report/ledger/ledger-news.ts';
import { openInPlace } from '../output/in-place.ts';
import { nextTry } from '../output/next-try.ts';
import { say, sayStyled } from '../output/say.ts';
import { waitingOf } from '../output/waiting-of.ts';
import { openBehind } from './behind.ts';
import { openUsual } from './usual.ts';

interface FollowOptions {
  /** Whether the ledger is left standing on a terminal. Default false: what follows shows it in full. */
  readonly leavesLedger?: boolean;
}

/**
 * Shows a run until it has ended: in place on a terminal, a line an event elsewhere. All on stderr. Where nobody watches
 * on, it also returns when the run waits for a person.
 */
export async function followUntilEnd(
  client: Client,
  run: string,
  { leavesLedger = false }: FollowOptions = {},
): Promise<RunView> {
  const isDrawn = process.stderr.isTTY;
  const drawing = isDrawn ? openInPlace(process.stderr) : undefined;
  const news = openNews(process.stderr);
  const behind = openBehind(client);
  const usual = openUsual(client);
  let told: string | undefined;
  const interrupted = (): void => {
    drawing?.end('picture');
    say(`The run goes on. See it: runbook follow ${run}`, `End it: runbook stop ${run}`);
    process.exit(130);
  };
  let last: RunView | undefined;
  if (!leavesLedger) process.once('SIGINT', interrupted);
  try {
    for await (const view of followRun(client, run)) {
      const hint = nextTry(view) ?? (await behind(view));
      const shown = { ...view, hint, usual: usual(view) };
      if (drawing) drawing.show(shown);
      else sayStyled(...news(shown, Date.now()));
      last = view;
      if (!drawing && waitingOf(view)) break;
      if (!drawing && hint !== undefined && hint !== told && view.status === 'RUNNING')
        say(`     Try: ${(told = hint)}`);
    }
  } catch (error) {
    const lost = unreachableErrorOf(error, client);
    throw lost ? new UnreachableError(lost.message, `runbook follow ${run}`) : error;
  } finally {
    process.off('SIGINT', interrupted);
    // When the report goes elsewhere, the picture is all that this terminal shows.
    drawing?.end(leavesLedger || !process.stdout.isTTY ? 'picture' : 'nothing');
  }
  return last!;
}
