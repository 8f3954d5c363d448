import { keepMemoryOutOfCores } from '../../os/process/core-dumps.ts';

/** Before a command reads a secret: nothing of its memory, or of what it starts, is written where others may read it. */
export function closeProcess(): void {
  keepMemoryOutOfCores();
}
