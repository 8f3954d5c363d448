import type { Target } from '../../../../config/schema/target.ts';
import { failureOf } from '../../../../os/failure-of.ts';
import { readUpstream, writeUpstream } from './upstream.ts';
import { replicasOf } from './replicas-of.ts';

/**
 * Tells the proxy where the replicas are that run: Docker gives a container another port of its range at each start. Answers why that could not
 * be done, as text: an application that was started is up all the same.
 */
export async function letThroughToAll(target: Target): Promise<string | undefined> {
  const { runtime, proxy } = target;
  if (runtime.kind !== 'compose' || !proxy?.replicas) return undefined;
  try {
    const found = await replicasOf(target, runtime);
    const addresses = found.flatMap(({ running, address }) => (running && address) || []);
    if (readUpstream(target)?.join() === addresses.join()) return undefined;
    await writeUpstream(target, addresses);
    return undefined;
  } catch (error) {
    return `The proxy does not know where its replicas are: ${failureOf(error).message}`;
  }
}
