import type { LedgerLine } from '../../engine/run/ledger.ts';
import { durationText, timeText } from '../times.ts';
import type { ReportedRun } from './reported-run.ts';

/**
 * What is live now because of a run, and whether it left the application up: sentences, the first that somebody wants to know. Empty: the
 * run has nothing to do with either.
 */
export function conclusionOf(view: ReportedRun): string[] {
  const { ending, status, ledger = [] } = view;
  if (ending?.mode === 'plan') return ['This was a plan: nothing was changed'];
  if (!ending) {
    const [down, up] = edges(view);
    if (!down || isBefore(down) || up?.state === 'done') return [];
    return status === 'RUNNING'
      ? ['The application is down because of this run']
      : ['It took the application down, and did not bring it back'];
  }
  if (ending.outcome === 'done' || ending.outcome === 'partly')
    return [...liveDatabase(view), ...broughtBack(view)];
  if (ending.left.length > 0)
    return ['Not all that this run did could be put back: people must', ...application(view)];
  if (!ledger.some(({ state }) => state === 'undone')) return ['It changed nothing'];
  return [
    'What this run did was put back: what was live before is live again',
    ...application(view),
  ];
}

function liveDatabase({ ending, ledger = [] }: ReportedRun): string[] {
  const { backup, takenAt } = (ending?.output ?? {}) as { backup?: unknown; takenAt?: unknown };
  const isRestored = ledger.some(({ id, state }) => id === 'restore' && state === 'done');
  if (!isRestored || typeof backup !== 'string' || typeof takenAt !== 'string') return [];
  return [`Live now: backup ${backup}, taken ${takenAt}`];
}

/** By the lines between which a runbook says that the application is down. */
function broughtBack(view: ReportedRun): string[] {
  const [down, up] = edges(view);
  if (!down?.startedAt || !up?.finishedAt || up.state !== 'done') return [];
  const took = durationText(Date.parse(up.finishedAt) - Date.parse(down.startedAt));
  const note = up.note ? `: ${up.note}` : '';
  return [
    `The application was taken down by step ${down.number}, and brought back by step ${up.number} at ${timeText(up.finishedAt)}, ${took} later${note}`,
  ];
}

/** After a run that did not come to its end: what its first line of downtime tells. */
function application(view: ReportedRun): string[] {
  const [down] = edges(view);
  if (!down) return [];
  if (down.state === 'undone') return ['The application was started again'];
  if (isBefore(down)) return ['It never took the application down'];
  return ['The application was not started again by this run'];
}

function isBefore({ state }: LedgerLine): boolean {
  return ['pending', 'unreached', 'omitted', 'planned'].includes(state);
}

function edges({ ledger = [], downtime }: ReportedRun): (LedgerLine | undefined)[] {
  return [downtime?.from, downtime?.until].map((id) => ledger.find((line) => line.id === id));
}
