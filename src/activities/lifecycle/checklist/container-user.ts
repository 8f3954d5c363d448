import { readFileSync } from 'node:fs';
import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import type { Target } from '../../../config/schema/target.ts';
import { docker } from '../../runtime/compose/docker.ts';
import { CHECK_TIMEOUT } from '../../runtime/compose/project.ts';
import type { Known } from './application-user.ts';
import { madeOf } from './made-of.ts';

/**
 * By whose rights a container works on the host's files: of one that runs, the kernel knows it. Of one that is down only what it was made
 * of is known: names, and what groups they have, are those of its image, which is not opened for that.
 */
export async function containerUser(
  target: Pick<Target, 'directory'>,
  runtime: ComposeRuntime,
): Promise<Known> {
  const { user, groups = [], asOnHost, running, unknown } = await madeOf(target, runtime);
  if (user === undefined) return { unknown: unknown! };
  const now = running && userOf(running);
  if (now) return now;
  if (!asOnHost && (await mapsUsers()))
    return { unknown: 'its Docker gives users of containers other numbers on this host' };
  return asMade(user, groups);
}

/** See proc_pid_status(5). Undefined: it cannot be seen from here, or the number is that of a stranger. */
export function userOf({
  id,
  pid,
}: {
  readonly id: string;
  readonly pid: number;
}): Known | undefined {
  try {
    if (!readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(id)) return undefined;
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    // The last one is that by which the kernel judges files.
    const [uid, gid] = [numbersOf(status, 'Uid').at(-1), numbersOf(status, 'Gid').at(-1)];
    if (uid === undefined || gid === undefined) return undefined;
    const why = 'its container has users of its own, and some rights over all of them';
    return {
      uid,
      gids: [gid, ...numbersOf(status, 'Groups')],
      ...(isMapped(pid) && { doubt: { about: 'all', why } }),
      text: uid === 0 ? 'root' : `user ${uid}, as its container runs`,
    };
  } catch {
    return undefined;
  }
}

function numbersOf(status: string, name: string): number[] {
  const line = new RegExp(`^${name}:(.*)$`, 'm').exec(status)?.[1] ?? '';
  return line.split(/\s+/).filter(Boolean).map(Number);
}

/** Whether it is in another user namespace than we are. See user_namespaces(7). */
function isMapped(pid: number): boolean {
  const [its, ours] = [pid, 'self'].map((one) => readFileSync(`/proc/${one}/uid_map`, 'utf8'));
  return its !== ours;
}

/** Where Docker does not say, it may. */
async function mapsUsers(): Promise<boolean> {
  const format = ['info', '--format', '{{json .SecurityOptions}}'];
  const options = await docker(format, { timeout: CHECK_TIMEOUT }).catch(() => 'userns');
  return /userns|rootless/.test(options);
}

/** What Docker takes as a user: `name`, `1000`, `1000:1000`. A group that is named there is the only one beside those added. */
function asMade(user: string, added: readonly string[]): Known {
  const [wanted = '', group] = user.split(':');
  if (wanted === '' || wanted === 'root' || Number(wanted) === 0)
    return { uid: 0, gids: [0], text: 'root' };
  if (!/^\d+$/.test(wanted))
    return {
      unknown: `its container runs as "${user}", and only its image knows which number that is`,
    };
  const all = [...(group === undefined ? [] : [group]), ...added];
  const isKnown = group !== undefined && all.every((one) => /^\d+$/.test(one));
  return {
    uid: Number(wanted),
    gids: all.filter((one) => /^\d+$/.test(one)).map(Number),
    ...(!isKnown && { doubt: { about: 'groups', why: 'only its image knows all groups of it' } }),
    text: `user ${user} of its container`,
  };
}
