import type { RunView } from '../../client/runs/view-run.ts';
import type { Waiting } from '../../engine/run/ledger.ts';
import type { Ending } from '../../engine/run/ending.ts';
import { waitingOf } from './waiting-of.ts';

/** Of the choices none is preferred: whoever decides reads the report first. */
const answers = {
  decision: (run: string, { choices = ['retry', 'undo'] }: Waiting) =>
    `runbook decide ${run} --choice ${choices.join('|')}`,
  approval: (run: string) => `runbook approve ${run}, or reject`,
  resume: (run: string) => `runbook resume ${run}`,
} as const;

/** What to try after a run that did not finish. Undefined: its report says all there is to say. */
export function nextTry(view: RunView): string | undefined {
  const waiting = waitingOf(view);
  if (waiting) return answers[waiting.for](view.run, waiting);
  return view.ending && tryAfter(view.ending);
}

function tryAfter({ runbook, target, outcome, failure }: Ending): string | undefined {
  if (outcome === 'done' || outcome === 'stopped') return undefined;
  const tries: Readonly<Record<string, string>> = {
    BackupDamaged: `runbook backups list --target ${target}, and start it with another one`,
    BackupNotFound: `runbook backups list --target ${target}`,
    InvalidInput: `runbook start ${runbook} --help`,
    TargetIncomplete: `runbook repair --target ${target}`,
    TargetLocked: `runbook runs --target ${target}, or without --no-wait`,
  };
  return tries[failure?.type ?? ''];
}
