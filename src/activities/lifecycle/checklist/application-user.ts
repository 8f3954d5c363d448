import { readFileSync } from 'node:fs';
import type { Target } from '../../../config/schema/target.ts';
import { type OwnedPlace, ownerOf } from '../../../os/owner/owner-of.ts';
import { containerUser } from './container-user.ts';
import type { User } from './rights.ts';

export type Known = (User & { readonly text: string }) | { readonly unknown: string };

/** By whose rights the application works: its owner's, the worker's, those to which its command changes, or those of its container. */
export async function applicationUser(target: Target): Promise<Known> {
  const { runtime } = target;
  if (runtime.kind === 'process') return ofCommand(runtime.command, target);
  return containerUser(target, runtime);
}

/** `--reuid` of setpriv, and `-u` or the first word of those that change to a user by name. */
function ofCommand(command: readonly string[], place: OwnedPlace): Known {
  const [program = '', ...rest] = command;
  const name = program.split('/').at(-1)!;
  if (name === 'setpriv') {
    const wanted = valueOf(rest, '--reuid') ?? valueOf(rest, '--ruid');
    const group =
      valueOf(rest, '--regid') ?? valueOf(rest, '--rgid') ?? String(process.getgid?.() ?? 0);
    if (wanted === undefined) return startedBy(place);
    const groups = valueOf(rest, '--groups')?.split(',') ?? [];
    return named(wanted, group, rest.includes('--clear-groups'), groups);
  }
  if (name === 'runuser' || name === 'sudo') {
    const wanted = valueOf(rest, '-u') ?? valueOf(rest, '--user');
    return wanted === undefined ? { unknown: `"${name}" changes to another user` } : named(wanted);
  }
  if (name === 'gosu' || name === 'su-exec') return named(rest[0] ?? 'root');
  if (name === 'su') return { unknown: '"su" changes to another user' };
  return startedBy(place);
}

function startedBy(place: OwnedPlace): Known {
  const owner = ownerOf(place);
  if (!owner) return ourselves();
  const known = named(owner.name ?? `${owner.uid}`, `${owner.gid}`, owner.name === undefined);
  return 'unknown' in known ? known : { ...known, uid: owner.uid };
}

function ourselves(): Known {
  const uid = process.getuid?.() ?? 0;
  return { uid, gids: process.getgroups?.() ?? [], text: `user ${uid}, as this worker` };
}

/** `alone`: it gets no groups but its first. */
function named(
  wanted: string,
  group?: string,
  alone = false,
  others: readonly string[] = [],
): Known {
  const [name = '', its] = wanted.split(':');
  const entry = entriesOf('/etc/passwd').find(([one, , uid]) => one === name || uid === name);
  const uid = /^\d+$/.test(name) ? Number(name) : Number(entry?.[2] ?? Number.NaN);
  if (Number.isNaN(uid)) return { unknown: `there is no user "${name}" on this host` };
  const groups = entriesOf('/etc/group');
  const numberOf = (one: string) =>
    /^\d+$/.test(one) ? Number(one) : Number(groups.find(([its]) => its === one)?.[2]);
  const first = group ?? its ?? entry?.[3];
  const more = groups
    .filter(([, , , members = '']) => !alone && entry && members.split(',').includes(entry[0]!))
    .map(([, , gid]) => Number(gid));
  const gids = [...(first === undefined ? [] : [first]), ...others].map(numberOf);
  // A directory service of the network, or whoever starts it, may give it more.
  const isWhole = alone || others.length > 0 || entry !== undefined;
  const isKnown = isWhole && first !== undefined && !gids.some(Number.isNaN);
  return {
    uid,
    gids: [...gids, ...more].filter((gid) => !Number.isNaN(gid)),
    ...(!isKnown && { doubt: { about: 'groups', why: `nobody here knows the groups of ${name}` } }),
    text: `user ${name}`,
  };
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
