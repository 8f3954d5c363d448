import type { Stats } from 'node:fs';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** By whose rights an application works. */
export interface User {
  readonly uid: number;
  /** All groups that it is in. */
  readonly gids: readonly number[];
}

type Right = 'read' | 'write' | 'enter';

const BITS: Readonly<Record<Right, number>> = { read: 4, write: 2, enter: 1 };

/**
 * Whether a user has this right by owner and mode, as the kernel decides it. Not by `access`: for us, who are root, that is always so. Access
 * control lists are not read.
 */
export function has({ uid, gids }: User, right: Right, { mode, uid: owner, gid }: Stats): boolean {
  if (uid === 0) return true;
  const shift = uid === owner ? 6 : gids.includes(gid) ? 3 : 0;
  return ((mode >> shift) & BITS[right]) !== 0;
}

/** The first directory above a file that this user may not go through. */
export function closedDirectory(user: User, file: string): string | undefined {
  const above: string[] = [];
  for (let one = dirname(file); ; one = dirname(one)) {
    above.unshift(one);
    if (one === dirname(one)) break;
  }
  return above.find((one) => {
    const about = statSync(one, { throwIfNoEntry: false });
    return about !== undefined && !has(user, 'enter', about);
  });
}

/** `640, of 0:33`. */
export function rightsText({ mode, uid, gid }: Pick<Stats, 'mode' | 'uid' | 'gid'>): string {
  return `mode ${(mode & 0o777).toString(8).padStart(3, '0')}, of ${uid}:${gid}`;
}
