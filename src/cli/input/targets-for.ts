import { loadTarget, readTargets } from '../../config/load/load.ts';
import type { Target } from '../../config/schema/target.ts';
import { UsageError } from '../../config/usage-error.ts';
import { say } from '../output/say.ts';

/** The targets that are named, or all that are enabled: one whose file is faulty is left out, and that is said. */
export function targetsFor(names: readonly string[]): Target[] {
  if (names.length > 0) return names.map((name) => loadTarget(name));
  const { targets, faults } = readTargets();
  const enabled = targets.filter((target) => target.enabled);
  if (enabled.length === 0 && faults.length > 0)
    throw new UsageError(faults.join('\n'), 'runbook target check <file>');
  for (const fault of faults) say(`Warning: left out: ${fault}`);
  return enabled;
}
