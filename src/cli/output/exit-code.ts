import type { RunView } from '../../client/runs/view-run.ts';
import { waitingOf } from './waiting-of.ts';

/** What the shell gets: a documented contract. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  waiting: 3,
  unreachable: 4,
  locked: 5,
  skipped: 6,
} as const;

/** The same in words, as help and documentation have it. */
export const exitMeanings: Readonly<Record<number, string>> = {
  [exitCodes.done]: 'done',
  [exitCodes.failed]: 'the run failed, was undone, stopped, or done in part',
  [exitCodes.usage]: 'wrong use or bad input: nothing was changed',
  [exitCodes.waiting]: 'the run waits for a person: it goes on (never with --detach)',
  [exitCodes.unreachable]: 'Temporal or a worker cannot be reached',
  [exitCodes.locked]: 'another run holds the target (with --no-wait; otherwise it waits)',
  [exitCodes.skipped]: 'the run was skipped: too late, or another run holds the target',
};

/** The exit code of a run that was followed: to its end, or until it waited for a person. */
export function exitCodeOf(view: RunView): number {
  const { ending } = view;
  if (waitingOf(view)) return exitCodes.waiting;
  if (ending?.outcome === 'done') return exitCodes.done;
  if (ending?.outcome === 'skipped') return exitCodes.skipped;
  return exitCodesOfFailures.get(ending?.failure?.type ?? '') ?? exitCodes.failed;
}

const exitCodesOfFailures: ReadonlyMap<string, number> = new Map([
  ['TargetLocked', exitCodes.locked],
  ['InvalidInput', exitCodes.usage],
  ['BackupNotFound', exitCodes.usage],
  ['NotApplicable', exitCodes.usage],
  ['NotContained', exitCodes.usage],
  ['OutsideWindow', exitCodes.usage],
  ['Refused', exitCodes.usage],
]);
