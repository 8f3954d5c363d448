import { permanent } from '../../../../os/failure.ts';
import { inMebibytes } from '../../../../os/files/disk-space.ts';
import type { Limits } from '../compare/limits.ts';
import type { LiveLimits, Machine } from './live-limits.ts';

interface Asked {
  readonly wanted: Limits;
  readonly machine: Machine;
  /** What it has now. */
  readonly live: LiveLimits;
  /** What its processes hold now, in bytes. Missing: it cannot be seen. */
  readonly held: number | undefined;
}

/** Demands that a container can live with these limits on its machine. Errors: `NotApplicable`, `CannotCheck`. */
export function expectFeasible({ wanted: { memory, cpus }, machine, live, held }: Asked): void {
  if (cpus !== undefined && cpus > machine.cpus)
    throw permanent(
      'NotApplicable',
      `${cpus} cpus are more than the ${machine.cpus} that its machine has`,
    );
  if (memory === undefined) return;
  const size = inMebibytes(memory);
  if (memory > machine.memory)
    throw permanent(
      'NotApplicable',
      `${size} are more than its machine has, ${inMebibytes(machine.memory)}`,
    );
  const lowers = memory < (live.memory || machine.memory);
  if (lowers && held === undefined)
    throw permanent(
      'CannotCheck',
      `${size} are less than it may use now, and what it uses cannot be seen from here: its kernel may end it at once`,
    );
  if (held !== undefined && memory < held)
    throw permanent(
      'NotApplicable',
      `${size} are less than it uses now, ${inMebibytes(held)}: its kernel would end it at once`,
    );
}
