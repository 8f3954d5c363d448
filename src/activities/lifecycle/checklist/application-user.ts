import { readFileSync } from 'node:fs';
import type { Target } from '../../../config/schema/target.ts';
import { madeOf } from './made-of.ts';
import type { User } from './rights.ts';

export type Known = (User & { readonly text: string }) | { readonly unknown: string };

/** By whose rights the application works: the worker's, those to which its command changes, or those of its container. */
export async function applicationUser(target: Target): Promise<Known> {
  const { runtime } = target;
  if (runtime.kind === 'process') return ofCommand(runtime.command);
  const { user, unknown } = await madeOf(target, runtime);
  if (user === undefined) return { unknown: unknown! };
  return ofContainer(user);
}

/** `--reuid` of setpriv, and `-u` or the first word of those that change to a user by name. */
function ofCommand(command: readonly string[]): Known {
  const [program = '', ...rest] = command;
  const name = program.split('/').at(-1)!;
  if (name === 'setpriv') {
    const wanted = valueOf(rest, '--reuid') ?? valueOf(rest, '--ruid');
    const group = valueOf(rest, '--regid') ?? valueOf(rest, '--rgid');
    if (wanted === undefined) return ourselves();
    return named(wanted, group, rest.includes('--clear-groups'));
  }
  if (name === 'runuser' || name === 'sudo') {
    const wanted = valueOf(rest, '-u') ?? valueOf(rest, '--user');
    return wanted === undefined ? { unknown: `"${name}" changes to another user` } : named(wanted);
  }
  if (name === 'gosu' || name === 'su-exec') return named(rest[0] ?? 'root');
  if (name === 'su') return { unknown: '"su" changes to another user' };
  return ourselves();
}

function ourselves(): Known {
  const uid = process.getuid?.() ?? 0;
  return { uid, gids: process.getgroups?.() ?? [], text: `user ${uid}, as this worker` };
}

/** What Docker takes as a user: `name`, `1000`, `1000:1000`. Names are those of the image, which is not opened for that. */
function ofContainer(user: string): Known {
  const [wanted = '', group] = user.split(':');
  if (wanted === '' || wanted === 'root') return root();
  if (!/^\d+$/.test(wanted))
    return {
      unknown: `its container runs as "${user}", and only its image knows which number that is`,
    };
  const gid = group !== undefined && /^\d+$/.test(group) ? [Number(group)] : [];
  return Number(wanted) === 0
    ? root()
    : { uid: Number(wanted), gids: gid, text: `user ${user} of its container` };
}

function root(): Known {
  return { uid: 0, gids: [0], text: 'root' };
}

function named(wanted: string, group?: string, alone = false): Known {
  const [name = '', its] = wanted.split(':');
  const entry = entriesOf('/etc/passwd').find(([one, , uid]) => one === name || uid === name);
  const uid = /^\d+$/.test(name) ? Number(name) : Number(entry?.[2] ?? Number.NaN);
  if (Number.isNaN(uid)) return { unknown: `there is no user "${name}" on this host` };
  const groups = entriesOf('/etc/group');
  const numberOf = (one: string) =>
    /^\d+$/.test(one) ? Number(one) : Number(groups.find(([its]) => its === one)?.[2]);
  const first = group ?? its ?? entry?.[3];
  const more = alone
    ? []
    : groups
        .filter(([, , , members = '']) => entry && members.split(',').includes(entry[0]!))
        .map(([, , gid]) => Number(gid));
  const gids = [...(first === undefined ? [] : [numberOf(first)]), ...more];
  return { uid, gids, text: `user ${name}` };
}

function valueOf(words: readonly string[], option: string): string | undefined {
  const joined = words.find((word) => word.startsWith(`${option}=`));
  if (joined !== undefined) return joined.slice(option.length + 1);
  const at = words.indexOf(option);
  return at === -1 ? undefined : words[at + 1];
}

function entriesOf(file: string): string[][] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
  } catch {
    return [];
  }
}
