import type { ComposeRuntime } from '../../../../config/schema/runtime.ts';
import type { Target } from '../../../../config/schema/target.ts';
import { passing } from '../../../../os/failure.ts';
import { changesOf } from '../compare/changes.ts';
import { hasLimits, type Limits, limitsOf, limitsText, wantedLimits } from '../compare/limits.ts';
import { onProject } from '../project.ts';
import { limitedContainers, resolvedService } from './limited-service.ts';

/** Demands that Docker keeps these limits for every container of the application, and that Compose would give them to the next. */
export async function expectLimits(
  target: Target,
  runtime: ComposeRuntime,
  wanted: Limits,
): Promise<{ readonly note: string }> {
  const containers = await limitedContainers(target, runtime);
  const wrong = containers.map(limitsOf).find((limits) => !hasLimits(limits, wanted));
  if (wrong) throw passing('LimitsDiffer', `Its container may use ${limitsText(wrong)}`);
  const persisted = wantedLimits(await resolvedService(target, runtime));
  if (!hasLimits(persisted, wanted))
    throw passing(
      'LimitsDiffer',
      `By its files Compose would let the next container use ${limitsText(persisted)}: one that it merges later says so`,
    );
  const { changes } = await changesOf(onProject(target.directory, runtime), containers);
  return {
    note: [
      `It may use ${limitsText(limitsOf(containers[0]!))}, and so may the next container`,
      ...changes.map((change) => `Compose would change this, too: ${change}`),
    ].join('. '),
  };
}
