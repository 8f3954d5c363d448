import type { Stamp } from '../../config/time/stamp.ts';

type Replaced = 'database' | 'files' | 'dependencies';

interface RollbackPoint {
  /** Names all that the run has kept of what it replaced: `rollback` brings it back. Missing: nothing can come back. */
  readonly rollbackPoint?: Stamp;
  /** What it replaced, whether that can come back or not. */
  readonly replaced: readonly Replaced[];
}

/** One rollback point of one run, whatever it replaced. `database`: the backup that was made of the one before, if it could be. */
export function rollbackPointOf(
  stamp: Stamp,
  replaced: readonly Replaced[],
  database?: { readonly rollbackPoint?: string },
): RollbackPoint {
  const back = replaced.some((one) => one !== 'database') || database?.rollbackPoint !== undefined;
  return { ...(back && { rollbackPoint: stamp }), replaced };
}
