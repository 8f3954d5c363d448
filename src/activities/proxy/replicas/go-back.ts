import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { putFileBack } from '../../runtime/compose/limits/go-back.ts';
import { forgetCount, readKeptCount } from '../../runtime/compose/replicas/kept-count.ts';
import { letThroughTo } from './let-through-to.ts';
import { awaitIdleOf, expectAllHealthy } from './awaits.ts';
import { replicasOf } from '../../runtime/compose/replicas/replicas-of.ts';
import { readUpstream } from '../../runtime/compose/replicas/upstream.ts';
import { haveAtLeast, haveFewerThan } from '../../runtime/compose/replicas/set-count.ts';

export interface WentBack {
  readonly changed: boolean;
  /** What was not put back, and why: a sentence. */
  readonly stays?: string;
}

/** Brings back as many as there were before a run, one by one, and their file. What others have written since stays. */
export async function goBackToCount(
  target: Target,
  runtime: ComposeRuntime,
  stamp: Stamp,
): Promise<WentBack> {
  const kept = readKeptCount(target, stamp);
  if (!kept) return { changed: false };
  const stays = putFileBack(kept);
  const { count } = kept;
  await haveAtLeast(target, runtime, count);
  const made = await replicasOf(target, runtime);
  const used = readUpstream(target) ?? [];
  // What users are let through to already is as it was before.
  const others = made.slice(0, count).filter(({ address = '' }) => !used.includes(address));
  await expectAllHealthy(target, others);
  const { since } = await letThroughTo(target, runtime, count);
  for (const replica of made.slice(count)) await awaitIdleOf(target, replica, since);
  if (made.length > count) await haveFewerThan(target, runtime, count + 1);
  forgetCount(target, stamp);
  return { changed: true, ...(stays !== undefined && { stays }) };
}
