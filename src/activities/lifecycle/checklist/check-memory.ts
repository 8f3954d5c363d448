import { inBytes } from '../../../config/schema/values/quantities.ts';
import type { Target } from '../../../config/schema/target.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { memory } from '../../host/memory.ts';
import { largestProcesses } from '../../host/largest-processes.ts';
import { type Check, fails, notApplicable, ok } from './check-line.ts';

/** Whether the machine has the memory that the application needs. `runs`: what it has is free when it is stopped, so nobody can tell before. */
export function checkMemory({ app }: Pick<Target, 'app'>, runs: boolean): Check {
  const { minimumMemory } = app;
  if (minimumMemory === undefined) return notApplicable('The target demands none');
  const { available } = memory();
  const text = `${inMebibytes(available)} available`;
  if (available >= inBytes(minimumMemory)) return ok(text);
  if (runs)
    return notApplicable(`${text}, and what the application has is free when it is stopped`);
  return fails(
    `${text}; most have ${largestProcesses(3).join(', ')}`,
    `end what is not needed until ${minimumMemory} are available`,
  );
}
