import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { overrideIn } from '../../activities/runtime/support/replicated-users.ts';
import { replicaIds, upstreamOf } from '../../activities/runtime/support/replicated-world.ts';

/** Whether containers, the list of the proxy and the Compose files agree that there are so many replicas. As text when they do not agree. */
export function replicasAre(
  world: SqliteTarget,
  { wanted, before }: { readonly wanted: number; readonly before: number },
): boolean | string {
  const containers = replicaIds(world).length;
  const reached = upstreamOf(world).length;
  const text = overrideIn(world);
  const persisted = Number(/scale"?: (\d+)/.exec(text ?? '')?.[1] ?? 1);
  for (const count of [wanted, before])
    if ([containers, reached, persisted].every((one) => one === count)) return count === wanted;
  return `${containers} containers, ${reached} of them reached, and Compose makes ${persisted}`;
}
