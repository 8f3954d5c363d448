import type { ComposeRuntime } from '../../../../config/schema/runtime.ts';
import type { Target } from '../../../../config/schema/target.ts';
import type { Stamp } from '../../../../config/time/stamp.ts';
import type { Limits } from '../compare/limits.ts';
import { lastComposeText } from './compose-text.ts';
import { keepLimits, readKeptLimits } from './kept-limits.ts';
import { limitedContainers } from './limited-service.ts';
import { giveLimits, liveLimits, liveLimitsOf, machineOfDocker } from './live-limits.ts';

/** Gives the containers of the application these limits while they run. What there was before is kept first, once a run. */
export async function setLimits(
  target: Target,
  runtime: ComposeRuntime,
  stamp: Stamp,
  wanted: Limits,
): Promise<{ readonly changed: boolean }> {
  const containers = await limitedContainers(target, runtime);
  const machine = await machineOfDocker();
  const before = readKeptLimits(target, stamp)?.live ?? liveLimitsOf(containers[0]!);
  if (!readKeptLimits(target, stamp)) {
    const { file, text, like } = lastComposeText(target.directory, runtime);
    const kept = { live: before, file, like, ...(text !== undefined && { before: text }) };
    keepLimits(target, stamp, kept);
  }
  let changed = false;
  for (const container of containers) {
    const given = await giveLimits(container, liveLimits(wanted, before), machine);
    changed ||= given;
  }
  return { changed };
}
