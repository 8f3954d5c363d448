import { countText } from '../../../config/text/count-text.ts';
import type { Target } from '../../../config/schema/target.ts';
import { asRatio } from '../../../config/schema/values/quantities.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { cachedBytes } from '../../app/streamlit-cache.ts';
import { connectionsOf } from '../../health/application/connections.ts';
import { pidsOf } from '../../health/figures-of.ts';
import { heldBy } from '../../health/machine/memory.ts';
import { groupMemory } from '../../host/cgroup.ts';
import { memory } from '../../host/memory.ts';
import { growthOf } from './growth-of.ts';

export interface MemoryUse {
  /** What the application's processes hold, in bytes. Missing: none of them can be read. */
  readonly held?: number;
  /** In use of its container's limit, or of the machine's memory where it has none: from 0 to 1. */
  readonly share: number;
  /** Above the target's limit. Missing: it has none. */
  readonly high?: boolean;
  /** Its container has a limit below what the machine has: it can be given more. */
  readonly limited?: true;
  /** There is little left, and the application holds little of it. */
  readonly byOthers?: true;
  /** More and more, over the last hours. */
  readonly grows: boolean;
  /** What is wrong: sentences. */
  readonly concerns: readonly string[];
  readonly note: string;
}

/** So much of what there is, and it is the application's doing that there is little left. */
const MUCH = 0.1;

/** What the application holds, of what, and for what: a cache that is full is no leak, and many users are neither. */
export async function memoryUse(target: Target): Promise<MemoryUse> {
  const { app, metrics } = target;
  const pids = await pidsOf(target);
  const each = pids.flatMap((pid) => heldBy(pid) ?? []);
  const held = each.length > 0 ? each.reduce((sum, bytes) => sum + bytes, 0) : undefined;
  const [first] = pids;
  const group = first === undefined ? undefined : groupMemory(first);
  const machine = memory();
  const limit = group?.limit ?? machine.bytes;
  const share = group ? group.used / group.limit : 1 - machine.available / machine.bytes;
  const cached = app.kind === 'streamlit' ? await cachedBytes(app.url) : undefined;
  const users = connectionsOf(target, pids)?.established;
  const growth = growthOf(target, limit);
  const policy = metrics.memory?.warning ?? metrics.memory?.critical;
  const high = policy === undefined ? undefined : share > asRatio(policy);

  const of = group ? 'the limit of its container' : 'the memory of this machine';
  const inUse = `${percent(share)} of ${of} in use, of ${inMebibytes(limit)}`;
  const kills = group?.kills ?? 0;
  const byOthers = high && held !== undefined && held < MUCH * limit;
  return {
    ...(held !== undefined && { held }),
    share,
    ...(high !== undefined && { high }),
    grows: growth.grows,
    ...(group && group.limit < machine.bytes && { limited: true as const }),
    ...(byOthers && { byOthers: true as const }),
    concerns: [
      ...(high ? [`${inUse}: above ${policy}`] : []),
      ...(byOthers ? [`The application holds little of it, ${inMebibytes(held)}: others do`] : []),
      ...(growth.grows ? [growth.note] : []),
      ...(kills > 0
        ? [
            `The kernel has ended ${countText(kills, 'process', 'processes')} of its container for want of memory`,
          ]
        : []),
    ],
    note: [
      held === undefined
        ? 'What the application holds cannot be read from here'
        : `${inMebibytes(held)} held in ${countText(each.length, 'process', 'processes')}`,
      inUse,
      ...(cached === undefined ? [] : [`${inMebibytes(cached)} in Streamlit's caches`]),
      ...(users === undefined ? [] : [countText(users, 'connection')]),
      growth.note,
    ].join('; '),
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
