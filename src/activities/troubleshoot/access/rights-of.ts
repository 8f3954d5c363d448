import { chmodSync, chownSync, closeSync, constants, fstatSync, openSync } from 'node:fs';
import { countText } from '../../../config/text/count-text.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';

export interface Rights {
  /** Such as 0o600. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** One file of the database, by its inode: another under its name is never touched. */
export interface FileRights extends Rights {
  readonly file: string;
  readonly inode: string;
}

/** See open(2), O_PATH: it needs no right to read, and to close it drops no lock of SQLite. */
const O_PATH = 0o10000000;

/** What a name stands for, and what may be done about it. Undefined: there is nothing. Error: what the kernel says. */
export function rightsOf(file: string): (FileRights & { readonly trouble?: string }) | undefined {
  return withFile(file, (_, found) => found);
}

/** Sets owner, then mode, of the file that was seen before. False: it is another one by now, or cannot be repaired safely. */
export function setRights(seen: FileRights, to: Rights): boolean {
  const done = withFile(seen.file, (path, { inode, trouble }) => {
    if (inode !== seen.inode || trouble !== undefined) return false;
    chownSync(path, to.uid, to.gid);
    chmodSync(path, to.mode);
    return true;
  });
  return done ?? false;
}

/** The path is that of the opened file itself, whatever its name stands for meanwhile. */
function withFile<Result>(
  file: string,
  use: (path: string, found: FileRights & { readonly trouble?: string }) => Result,
): Result | undefined {
  let fd: number;
  try {
    fd = withHeld((held) => openSync(held.itself(file), O_PATH | constants.O_NOFOLLOW));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const found = fstatSync(fd);
    const trouble = found.isSymbolicLink()
      ? 'it is a link'
      : !found.isFile()
        ? 'it is no file'
        : found.nlink > 1
          ? `it has ${countText(found.nlink, 'name')}, and another of them may be somebody else's`
          : undefined;
    return use(`/proc/self/fd/${fd}`, {
      file,
      inode: `${found.dev}:${found.ino}`,
      mode: found.mode & 0o7777,
      uid: found.uid,
      gid: found.gid,
      ...(trouble !== undefined && { trouble }),
    });
  } finally {
    closeSync(fd);
  }
}
