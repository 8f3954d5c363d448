import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import type { Target } from '../../../config/schema/target.ts';
import { passing } from '../../../os/failure.ts';
import { expectAllHealthy } from './awaits.ts';
import { replicasOf } from '../../runtime/compose/replicas/replicas-of.ts';
import { readUpstream, writeUpstream } from '../../runtime/compose/replicas/upstream.ts';

/**
 * Lets users through to the first `count` replicas and to no others. Where that takes one away from them, those that stay are healthy first: else
 * users would be left with what does not work. `since`: from when on, ISO 8601. Errors: `NotReady`, `ProxyRefused`.
 */
export async function letThroughTo(
  target: Target,
  runtime: ComposeRuntime,
  count: number,
): Promise<{ readonly changed: boolean; readonly since: string }> {
  const all = await replicasOf(target, runtime);
  const found = all.slice(0, count);
  const addresses = found.flatMap(({ running, address }) => (running && address) || []);
  if (addresses.length < count)
    throw passing(
      'NotReady',
      `${addresses.length} of ${count} replicas run and can be reached by the proxy`,
    );
  const used = readUpstream(target) ?? [];
  if (all.slice(count).some(({ address }) => address !== undefined && used.includes(address)))
    await expectAllHealthy(target, found);
  const { changed } = await writeUpstream(target, addresses);
  return { changed, since: new Date().toISOString() };
}
