import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import type { Target } from '../../../config/schema/target.ts';
import { passing } from '../../../os/failure.ts';
import { replicasOf } from '../../runtime/compose/replicas/replicas-of.ts';
import { writeUpstream } from '../../runtime/compose/replicas/upstream.ts';

/** Lets users through to the first `count` replicas and to no others. `since`: from when on, ISO 8601. Errors: `NotReady`, `ProxyRefused`. */
export async function letThroughTo(
  target: Target,
  runtime: ComposeRuntime,
  count: number,
): Promise<{ readonly changed: boolean; readonly since: string }> {
  const found = (await replicasOf(target, runtime)).slice(0, count);
  const addresses = found.flatMap(({ running, address }) => (running && address) || []);
  if (addresses.length < count)
    throw passing(
      'NotReady',
      `${addresses.length} of ${count} replicas run and can be reached by the proxy`,
    );
  const { changed } = await writeUpstream(target, addresses);
  return { changed, since: new Date().toISOString() };
}
