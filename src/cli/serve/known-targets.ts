import { readTarget, targetFile, targetNames } from '../../config/load/load.ts';
import type { Target } from '../../config/schema/target.ts';
import { UsageError } from '../../config/usage-error.ts';
import { say, sayOf } from '../output/say.ts';

export type KnownTargets = ReturnType<typeof openKnownTargets>;

/** Whose people this process can notify: the targets it serves, and all others whose YAML is here and enabled. */
export function openKnownTargets(targets: readonly Target[]) {
  let served = targets;
  let { others, faults } = readOthers([]);
  if (targets.length === 0)
    for (const fault of faults) say(`Warning: this worker cannot page for it: ${fault}`);

  return {
    current: (): readonly Target[] => [...served, ...others],

    /** Those that are not served are read again. One that is faulty stays as it was. */
    refresh(now: readonly Target[]): void {
      served = now;
      const before = others;
      ({ others, faults } = readOthers(before));
      for (const { name } of others.filter(
        (one) => !before.some((known) => known.name === one.name),
      ))
        sayOf(
          { target: name },
          `"${name}" is new here, and not served by this worker: runbook worker ${name}`,
        );
    },
  };

  function readOthers(before: readonly Target[]): {
    readonly others: readonly Target[];
    readonly faults: readonly string[];
  } {
    const names = othersThan(served);
    const read = names.map((name) => ({ name, ...readTarget(targetFile(name)) }));
    const now = read.flatMap(
      ({ name, target }) => target ?? before.filter((one) => one.name === name),
    );
    return {
      others: now.filter(({ enabled }) => enabled),
      faults: read.flatMap((one) => one.faults),
    };
  }
}

function othersThan(served: readonly Target[]): string[] {
  try {
    return targetNames().filter((name) => !served.some((one) => one.name === name));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (served.length === 0) say(`Warning: this worker can page nobody: ${error.message}`);
    return [];
  }
}
