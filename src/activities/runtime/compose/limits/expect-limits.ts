import type { ComposeRuntime } from '../../../../config/schema/runtime.ts';
import type { Target } from '../../../../config/schema/target.ts';
import { passing } from '../../../../os/failure.ts';
import { changesOf } from '../compare/changes.ts';
import { type Limits, limitsOf, wantedLimits } from '../compare/limits.ts';
import { onProject } from '../project.ts';
import { has, text } from './find-limits.ts';
import { limitedContainers, resolvedService } from './limited-service.ts';

/** Demands that Docker keeps these limits for every container of the application, and that Compose would give them to the next. */
export async function expectLimits(
  target: Target,
  runtime: ComposeRuntime,
  wanted: Limits,
): Promise<{ readonly note: string }> {
  const containers = await limitedContainers(target, runtime);
  const wrong = containers.map(limitsOf).find((limits) => !has(limits, wanted));
  if (wrong) throw passing('LimitsDiffer', `Its container may use ${text(wrong)}`);
  const persisted = wantedLimits(await resolvedService(target, runtime));
  if (!has(persisted, wanted))
    throw passing(
      'LimitsDiffer',
      `By its files Compose would let the next container use ${text(persisted)}: one that it merges later says so`,
    );
  const { changes } = await changesOf(onProject(target.directory, runtime), containers);
  return {
    note: [
      `It may use ${text(limitsOf(containers[0]!))}, and so may the next container`,
      ...changes.map((change) => `Compose would change this, too: ${change}`),
    ].join('. '),
  };
}
