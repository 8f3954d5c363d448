import { loadTargets } from '../../config/load/load.ts';
import type { Target } from '../../config/schema/target.ts';
import { UsageError } from '../../config/usage-error.ts';
import { say } from '../output/say.ts';

export type KnownTargets = ReturnType<typeof openKnownTargets>;

/** Whose people this process can notify: the targets it serves, and all others whose YAML is here and enabled. */
export function openKnownTargets(targets: readonly Target[]) {
  let served = targets;
  let others = othersThan(targets) ?? [];

  return {
    current: (): readonly Target[] => [...served, ...others],

    /** Those that are not served are read again; as long as one of them is faulty, all stay as they were. */
    refresh(now: readonly Target[]): void {
      served = now;
      others = othersThan(now, { isQuiet: true }) ?? others;
    },
  };
}

function othersThan(
  served: readonly Target[],
  { isQuiet = false } = {},
): readonly Target[] | undefined {
  const names = new Set(served.map(({ name }) => name));
  try {
    return loadTargets().filter(({ name, enabled }) => enabled && !names.has(name));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (served.length === 0 && !isQuiet)
      say(`Warning: this worker can page nobody: ${error.message}`);
    return undefined;
  }
}
