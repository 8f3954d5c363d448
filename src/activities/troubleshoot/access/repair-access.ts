import { countText } from '../../../config/text/count-text.ts';
import { permanent } from '../../../os/failure.ts';
import type { Repair } from './database-access.ts';
import { type FileRights, rightsOf, type Rights, setRights } from './rights-of.ts';

export interface Repaired {
  readonly changed: boolean;
  readonly note: string;
}

/** Gives each file the rights that were proposed. One that is another by now is left alone. Errors: `FileChanged`, `NotPermitted`. */
export function repairAccess(repairs: readonly Repair[]): Repaired {
  const changed = repairs.filter(({ from, to }) => setOnce(from, to)).length;
  const note = `${countText(repairs.length, 'file')}: mode ${repairs[0]?.to.mode.toString(8)}, of user ${repairs[0]?.to.uid}`;
  return { changed: changed > 0, note };
}

/** Gives back what it was, where it still is what `repairAccess` made of it. */
export function takeBackAccess(repairs: readonly Repair[]): { readonly changed: boolean } {
  const back = repairs.filter(({ from, to }) => {
    const now = rightsOf(from.file);
    return now?.inode === from.inode && isAs(now, to) && !isAs(from, to) && trySet(from, from);
  });
  return { changed: back.length > 0 };
}

function setOnce(from: FileRights, to: Rights): boolean {
  const now = rightsOf(from.file);
  if (now?.inode !== from.inode)
    // A sidecar goes when its last user does.
    if (!now && /-(wal|shm|journal)$/.test(from.file)) return false;
    else throw permanent('FileChanged', `Cannot repair "${from.file}": it is another file by now`);
  if (isAs(now, to)) return false;
  if (!trySet(from, to))
    throw permanent('FileChanged', `Cannot repair "${from.file}": it changed meanwhile`);
  return true;
}

function trySet(from: FileRights, to: Rights): boolean {
  try {
    return setRights(from, to);
  } catch (error) {
    throw permanent(
      'NotPermitted',
      `Cannot give "${from.file}" to user ${to.uid} with mode ${to.mode.toString(8)}: ${(error as Error).message}`,
    );
  }
}

function isAs(one: Rights, other: Rights): boolean {
  return one.mode === other.mode && one.uid === other.uid && one.gid === other.gid;
}
