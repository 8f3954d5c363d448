import { closeSync, constants, fchmodSync, fchownSync, fstatSync, futimesSync } from 'node:fs';
import { permanent } from '../../failure.ts';
import { openPlain } from './open-plain.ts';

export interface Rights {
  readonly uid?: number;
  readonly gid?: number;
  readonly mode: number;
  readonly time?: Date;
  /** The inode that it had when it was made. */
  readonly made?: number;
}

/** Of a file that we have just made where another user may put another in its place: that one is left alone. Errors: `LinkRefused`, EPERM. */
export function setRights(file: string, { uid, gid, mode, time, made }: Rights): void {
  const fd = openPlain(file, constants.O_RDONLY);
  try {
    const own = fstatSync(fd);
    // What we have made is ours until now: another was moved to its name.
    const isOthers = own.uid !== (process.geteuid?.() ?? own.uid) && own.uid !== uid;
    if (isOthers || (made !== undefined && own.ino !== made))
      throw permanent('FileChanged', `"${file}" was replaced while it was made: start again`);
    setRightsOf(fd, {
      mode,
      ...(uid !== undefined && gid !== undefined && { uid, gid }),
      ...(time && { time }),
    });
  } finally {
    closeSync(fd);
  }
}

/** Of one that is open since we have made it: it is ours, whatever has its name by now. Error: EPERM. */
export function setRightsOf(fd: number, { uid, gid, mode, time }: Rights): void {
  const own = fstatSync(fd);
  if (uid !== undefined && gid !== undefined && (own.uid !== uid || own.gid !== gid))
    fchownSync(fd, uid, gid);
  fchmodSync(fd, mode);
  if (time) futimesSync(fd, time, time);
}
