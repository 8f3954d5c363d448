import { inMilliseconds } from '../../../../config/time/duration.ts';
import type { ComposeRuntime } from '../../../../config/schema/runtime.ts';
import type { Target } from '../../../../config/schema/target.ts';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { passing, permanent } from '../../../../os/failure.ts';
import { docker } from '../docker.ts';
import { lastComposeText } from '../limits/compose-text.ts';
import { makeContainers, UP_WITHIN } from '../make-containers.ts';
import { onProject } from '../project.ts';
import { keepCount, readKeptCount } from './kept-count.ts';
import { type Replica, replicasOf } from './replicas-of.ts';
import { readUpstream } from './upstream.ts';

/** Notes how many there are, and what its Compose file says, before anything of that is changed. Once a run. */
export async function noteCount(
  target: Target,
  runtime: ComposeRuntime,
  stamp: Stamp,
): Promise<void> {
  if (readKeptCount(target, stamp)) return;
  const { file, text, like } = lastComposeText(target.directory, runtime);
  const count = (await replicasOf(target, runtime)).length;
  keepCount(target, stamp, { count, file, like, ...(text !== undefined && { before: text }) });
}

/** Sees to it that there are `count` at least, and that they run. Those that are there stay as they were made. */
export async function haveAtLeast(
  target: Target,
  runtime: ComposeRuntime,
  count: number,
): Promise<{ readonly changed: boolean }> {
  const before = await replicasOf(target, runtime);
  if (before.length < count)
    await makeContainers(
      onProject(target.directory, runtime),
      [runtime.service],
      ['--no-recreate', '--scale', `${runtime.service}=${count}`],
    );
  const made = await replicasOf(target, runtime);
  const down = made.slice(0, count).filter(({ running }) => !running);
  if (down.length > 0) await docker(['start', ...down.map(({ id }) => id)], { timeout: UP_WITHIN });
  if (made.length < count)
    throw passing('StartFailed', `Compose has made ${made.length} of ${count} replicas`);
  return { changed: before.length < count || down.length > 0 };
}

/** Ends and removes the `count`-th and those behind it. Users are not let through to them any more. Error: `Refused`, when they are. */
export async function haveFewerThan(
  target: Target,
  runtime: ComposeRuntime,
  count: number,
): Promise<{ readonly changed: boolean }> {
  if (count < 2) throw permanent('Refused', 'The last replica stays');
  const rest = (await replicasOf(target, runtime)).slice(count - 1);
  const used = readUpstream(target) ?? [];
  const busy = rest.find(({ address }) => address !== undefined && used.includes(address));
  if (busy) throw permanent('Refused', `The proxy lets users through to ${nameOf(busy)} yet`);
  const grace = inMilliseconds(runtime.stopGrace);
  for (const { id } of rest.toReversed()) {
    const within = { timeout: grace + UP_WITHIN };
    await docker(['stop', '-t', String(Math.ceil(grace / 1000)), id], within);
    await docker(['rm', id], within);
  }
  return { changed: rest.length > 0 };
}

export function nameOf({ number, address }: Pick<Replica, 'number' | 'address'>): string {
  return `replica ${number}${address === undefined ? '' : ` (${address})`}`;
}
