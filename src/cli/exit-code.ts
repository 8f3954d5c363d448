import type { RunView } from '../client/view-run.ts';

/** What the shell is told: a documented contract. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  waiting: 3,
  unreachable: 4,
  locked: 5,
  skipped: 6,
} as const;

/** The exit code of a run that has ended. */
export function exitCodeOf({ ending }: RunView): number {
  if (ending?.outcome === 'done') return exitCodes.done;
  return exitCodesOfFailures.get(ending?.failure?.type ?? '') ?? exitCodes.failed;
}

const exitCodesOfFailures: ReadonlyMap<string, number> = new Map([
  ['TargetLocked', exitCodes.locked],
  ['InvalidInput', exitCodes.usage],
  ['BackupNotFound', exitCodes.usage],
]);
