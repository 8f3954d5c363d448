import type { Client } from '@temporalio/client';
import { createLogUpdate } from 'log-update';
import { followRun } from '../client/follow-run.ts';
import type { RunView } from '../client/view-run.ts';
import { ledgerLineText, ledgerText } from '../report/ledger-text.ts';
import { say } from './say.ts';

/** Shows a run until it has ended: in place on a terminal, one line a change elsewhere. All on stderr. */
export async function followUntilEnd(client: Client, run: string): Promise<RunView> {
  const show = process.stderr.isTTY ? inPlace() : byLine();
  let last: RunView | undefined;
  for await (const view of followRun(client, run)) {
    show(view);
    last = view;
  }
  return last!;
}

function inPlace(): (view: RunView) => void {
  const update = createLogUpdate(process.stderr);
  return (view) => {
    update([...body(view), ...retries(view)].join('\n'));
    if (view.status !== 'RUNNING') update.done();
  };
}

function body({ ledger, status }: RunView): string[] {
  if (!ledger)
    return [status === 'RUNNING' ? 'Waiting for a worker to tell how the run stands' : status];
  // A list taller than the screen folds at its top, where all is done.
  const room = Math.max(process.stderr.rows - 3, 5);
  const lines = ledgerText(ledger, process.stderr);
  const hidden = lines.length - room;
  return hidden > 0 ? [`... ${hidden} lines above`, ...lines.slice(hidden)] : lines;
}

function byLine(): (view: RunView) => void {
  const said = new Set<string>();
  const once = (text: string) => {
    if (!said.has(text)) say(text);
    said.add(text);
  };
  return (view) => {
    for (const line of view.ledger ?? [])
      if (line.state !== 'pending') once(ledgerLineText(line, process.stderr));
    for (const retry of retries(view)) once(retry);
  };
}

function retries({ retrying }: RunView): string[] {
  return retrying.map(
    ({ activity, attempt, message }) => `     ${activity}, attempt ${attempt}: ${message}`,
  );
}
