import { basename } from 'node:path';
import type { ComposeRuntime } from '../../../../config/schema/runtime.ts';
import type { Target } from '../../../../config/schema/target.ts';
import { inMebibytes } from '../../../../os/files/disk-space.ts';
import { hasLimits, type Limits, limitsOf, limitsText, wantedLimits } from '../compare/limits.ts';
import { composeInstances } from '../compose-instances.ts';
import { lastComposeText } from './compose-text.ts';
import { expectFeasible } from './feasible.ts';
import { limitedContainers, resolvedService } from './limited-service.ts';
import { liveLimits, liveLimitsOf, machineOfDocker } from './live-limits.ts';
import { withLimits } from './with-limits.ts';

export interface FoundLimits {
  /** They are so already, live and in its file. */
  readonly same: boolean;
  /** What it may use now, what it uses, what there is, and where new limits are written: as text. */
  readonly note: string;
}

/** What limits the application has, and whether it can have others. Demands it, before anything is changed. */
export async function findLimits(
  target: Target,
  runtime: ComposeRuntime,
  wanted: Limits,
): Promise<FoundLimits> {
  const { directory } = target;
  const [first, ...others] = await limitedContainers(target, runtime);
  const live = liveLimitsOf(first!);
  const machine = await machineOfDocker();
  const held = await heldBy(directory, runtime);
  expectFeasible({ wanted, machine, live, held });
  const resolved = await resolvedService(target, runtime);
  const place = lastComposeText(directory, runtime);
  const { swap } = liveLimits(wanted, live);
  withLimits(place, runtime.service, wanted, { swap, resolved });

  const now = limitsOf(first!);
  const persisted = wantedLimits(resolved);
  return {
    same:
      [first!, ...others].every((one) => hasLimits(limitsOf(one), wanted)) &&
      hasLimits(persisted, wanted),
    note: [
      `It may use ${limitsText(now)}`,
      held === undefined ? 'What it uses cannot be seen from here' : `It uses ${inMebibytes(held)}`,
      `Its machine has ${limitsText(machine)}`,
      `Limits stand in "${basename(place.file)}"${place.text === undefined ? ', which is not there yet' : ''}`,
    ].join('. '),
  };
}

async function heldBy(directory: string, runtime: ComposeRuntime): Promise<number | undefined> {
  const { instances } = await composeInstances(directory, runtime);
  const ours = instances.filter(({ isApplication }) => isApplication);
  // One that is down holds nothing.
  const each = ours.map(({ running, memory }) => (running ? memory : 0));
  return each.includes(undefined) ? undefined : Math.max(0, ...(each as number[]));
}
