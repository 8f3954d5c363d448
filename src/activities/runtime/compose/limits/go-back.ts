import type { ComposeRuntime } from '../../../../config/schema/runtime.ts';
import type { Target } from '../../../../config/schema/target.ts';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { failureOf } from '../../../../os/failure-of.ts';
import { textOf } from './compose-text.ts';
import { forgetLimits, type KeptLimits, readKeptLimits } from './kept-limits.ts';
import { allContainers } from './limited-service.ts';
import { giveLimits, machineOfDocker } from './live-limits.ts';
import { replaceFile } from './replace-file.ts';

export interface WentBack {
  readonly changed: boolean;
  /** What was not put back, and why: a sentence. */
  readonly stays?: string;
}

/** Puts the limits from before a run back, live and in their file, in any order of crashes. What others have written since stays. */
export async function goBackToKept(
  target: Target,
  runtime: ComposeRuntime,
  stamp: Stamp,
): Promise<WentBack> {
  const kept = readKeptLimits(target, stamp);
  if (!kept) return { changed: false };
  const stays = putFileBack(kept);
  const containers = await allContainers(target, runtime);
  const machine = containers.length > 0 ? await machineOfDocker() : undefined;
  for (const container of containers) await giveLimits(container, kept.live, machine!);
  forgetLimits(target, stamp);
  return { changed: true, ...(stays !== undefined && { stays }) };
}

/** Of a Compose file into which a run has written. Answers why not, when somebody has changed it since. */
export function putFileBack({
  file,
  like,
  before,
  after,
}: Pick<KeptLimits, 'file' | 'like' | 'before' | 'after'>): string | undefined {
  if (after === undefined) return undefined;
  const now = textNow(file);
  if (now === before) return undefined;
  if (now === after) {
    replaceFile({ file, from: after, to: before, like });
    return undefined;
  }
  return `"${file}" was changed since it was written: look what stands there of limits and replicas`;
}

/** Null: it is none that could be read. */
function textNow(file: string): string | undefined | null {
  try {
    return textOf(file);
  } catch (error) {
    if (failureOf(error).type === 'NotApplicable') return null;
    throw error;
  }
}
