import type { Stats } from 'node:fs';

type Facts = Pick<Stats, 'uid' | 'gid' | 'mode'>;

/**
 * Whom a link in a directory serves, by the rights on that directory and nothing else.
 *
 * - `us`: only root or this process's own user can make or change a link there. It is the operator's own, and is followed.
 * - a user: that user can. Such a link is followed only to what the same user owns, as the kernel's `protected_symlinks` has it:
 *   `current -> releases/12`, or `data -> /mnt/big/data` where the application owns both. There it may do whatever it would have us do.
 * - `anybody`: nobody can tell whose it is. It is not followed.
 *
 * The link's own owner says nothing where another may rename: a link that root made for `bin/python` is moved to `logs/app.log` by
 * whoever owns the directory. In a sticky directory it does, for only its owner can replace it.
 */
export function whoMayLead(directory: Facts, link: Pick<Stats, 'uid'>): 'us' | 'anybody' | number {
  const isOpen = isOpenToOthers(directory);
  if (!isOurs(directory.uid))
    return isOpen && (directory.mode & (WORLD | STICKY)) === WORLD ? 'anybody' : directory.uid;
  if (!isOpen) return 'us';
  if ((directory.mode & STICKY) === 0) return 'anybody';
  return isOurs(link.uid) ? 'us' : link.uid;
}

/** Whether nobody but root and our own user can make, move or remove a name in a directory. */
export function isOursAlone(directory: Facts): boolean {
  return isOurs(directory.uid) && !isOpenToOthers(directory);
}

export function isOurs(uid: number): boolean {
  return uid === 0 || uid === process.geteuid?.();
}

const WORLD = 0o002;
const GROUP = 0o020;
const STICKY = 0o1000;

/** A group that bears a user's name is his alone on most systems, and umask 002 opens all that he makes to it. */
function isOpenToOthers({ uid, gid, mode }: Facts): boolean {
  if ((mode & WORLD) !== 0) return true;
  const isOwnGroup = gid === 0 || (uid !== 0 && gid === process.getegid?.());
  return (mode & GROUP) !== 0 && !isOwnGroup;
}
