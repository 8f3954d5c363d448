import type { Stats } from 'node:fs';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasAccessList } from './access-list.ts';

/** By whose rights an application works. */
export interface User {
  readonly uid: number;
  /** The groups that it is in, as far as is known here. */
  readonly gids: readonly number[];
  /** Why it may do more than that says: it may be in more `groups`, or `all` may be another way. */
  readonly doubt?: { readonly about: 'groups' | 'all'; readonly why: string };
}

type Right = 'read' | 'write' | 'enter';

const BITS: Readonly<Record<Right, number>> = { read: 4, write: 2, enter: 1 };

/** Something that a user has to be able to do. */
export interface Need {
  readonly right: Right;
  readonly path: string;
  readonly about: Stats;
}

/** `need`: the first that it may not do. `why`: what keeps anybody here from telling. */
export type Judged =
  | { readonly may: 'yes' }
  | { readonly may: 'no'; readonly need: Need }
  | { readonly may: 'unknown'; readonly why: string };

/**
 * Whether a user has all these rights by owner and mode, as the kernel decides it. Not by `access`: for us, who are root, that is always so.
 * Where an access control list decides, nobody here can tell.
 */
export function judged(user: User, needs: readonly Need[]): Judged {
  let doubt: string | undefined;
  for (const need of needs) {
    const may = byMode(user, need.right, need.about);
    if (may === 'yes') continue;
    const why =
      may === 'unknown' || user.doubt?.about === 'all'
        ? user.doubt!.why
        : hasAccessList(need.path)
          ? `an access control list of "${need.path}" decides that`
          : undefined;
    if (why === undefined) return { may: 'no', need };
    doubt ??= why;
  }
  return doubt === undefined ? { may: 'yes' } : { may: 'unknown', why: doubt };
}

/** Whether a user has this right by owner and mode, as far as anybody here can tell. */
export function has(user: User, right: Right, about: Stats): boolean {
  return byMode(user, right, about) !== 'no';
}

function byMode(
  { uid, gids, doubt }: User,
  right: Right,
  { mode, uid: owner, gid }: Stats,
): 'yes' | 'no' | 'unknown' {
  if (uid === 0) return 'yes';
  const answer = (shift: number) => (((mode >> shift) & BITS[right]) === 0 ? 'no' : 'yes');
  if (uid === owner) return answer(6);
  if (gids.includes(gid)) return answer(3);
  // In one more group it would have the rights of that.
  return doubt && answer(3) !== answer(0) ? 'unknown' : answer(0);
}

/** To go through every directory above a file. */
export function wayTo(file: string): Need[] {
  const above: string[] = [];
  for (let one = dirname(file); ; one = dirname(one)) {
    above.unshift(one);
    if (one === dirname(one)) break;
  }
  return above.flatMap((path) => {
    const about = statSync(path, { throwIfNoEntry: false });
    return about ? [{ right: 'enter' as const, path, about }] : [];
  });
}

/** `640, of 0:33`. */
export function rightsText({ mode, uid, gid }: Pick<Stats, 'mode' | 'uid' | 'gid'>): string {
  return `mode ${(mode & 0o777).toString(8).padStart(3, '0')}, of ${uid}:${gid}`;
}
