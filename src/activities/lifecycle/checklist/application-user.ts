import { readFileSync } from 'node:fs';
import type { Target } from '../../../config/schema/target.ts';
import { type OwnedPlace, ownerOf } from '../../../os/owner/owner-of.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { knownUnit } from '../../runtime/systemd/unit.ts';
import { containerUser } from './container-user.ts';
import type { User } from './rights.ts';

export type Known = (User & { readonly text: string }) | { readonly unknown: string };

/** By whose rights the application works: its owner's, those to which its command changes, those of its unit, or of its container. */
export async function applicationUser(target: Target): Promise<Known> {
  const { runtime } = target;
  if (runtime.kind === 'process') return ofCommand(runtime.command, target);
  if (runtime.kind === 'systemd') return ofUnit(runtime.unit);
  return containerUser(target, runtime);
}

/** systemd gives it the groups of its user, and `SupplementaryGroups=` besides. */
async function ofUnit(unit: string): Promise<Known> {
  try {
    const { raw } = await knownUnit(unit);
    const value = (name: string) => raw.get(name)?.[0] || undefined;
    if (value('DynamicUser') === 'yes')
      return { unknown: 'systemd makes a user for it at each start' };
    if (value('RootDirectory') ?? value('RootImage'))
      return { unknown: 'it works in a root directory of its own' };
    const user = named(value('User') ?? 'root', value('Group'));
    if ('unknown' in user) return user;
    const more = (value('SupplementaryGroups') ?? '').split(' ').filter(Boolean).map(groupNumber);
    return { ...user, gids: [...user.gids, ...more.filter((gid) => !Number.isNaN(gid))] };
  } catch (error) {
    return { unknown: failureOf(error).message };
  }
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
  const first = group ?? its ?? entry?.[3];
  const more = groups
    .filter(([, , , members = '']) => !alone && entry && members.split(',').includes(entry[0]!))
    .map(([, , gid]) => Number(gid));
  const gids = [...(first === undefined ? [] : [first]), ...others].map(groupNumber);
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

/** NaN: there is none. */
function groupNumber(name: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  return Number(entriesOf('/etc/group').find(([its]) => its === name)?.[2]);
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
