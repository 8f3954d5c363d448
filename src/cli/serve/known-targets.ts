import { loadTargets } from '../../config/load/load.ts';
import type { Target } from '../../config/schema/target.ts';
import { UsageError } from '../../config/usage-error.ts';
import { say } from '../output/say.ts';

/** Whose people this process can notify: the targets it serves, and all others whose YAML is here and enabled. */
export function knownTargets(served: readonly Target[]): Target[] {
  const names = new Set(served.map(({ name }) => name));
  try {
    const others = loadTargets().filter(({ name, enabled }) => enabled && !names.has(name));
    return [...served, ...others];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (served.length === 0) say(`Warning: this worker can page nobody: ${error.message}`);
    return [...served];
  }
}
