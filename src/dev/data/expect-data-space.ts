import { UsageError } from '../../config/usage-error.ts';
import { availableIn, inMebibytes } from '../../os/files/disk-space.ts';

/** A server whose disk is full to its last block stands still. */
const MARGIN = 16 * 2 ** 20;

/** Demands space for `bytes` more in `directory`. Error: `UsageError`. */
export function expectDataSpace(bytes: number, directory: string): void {
  const needed = bytes + MARGIN;
  const available = availableIn(directory);
  if (available >= needed) return;
  throw new UsageError(
    `Not enough disk space in "${directory}": ${inMebibytes(needed)} needed, ${inMebibytes(available)} available`,
    `df -h "${directory}"`,
  );
}
