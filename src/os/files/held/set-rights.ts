import { closeSync, constants, fchmodSync, fchownSync, fstatSync, futimesSync } from 'node:fs';
import { permanent } from '../../failure.ts';
import { openPlain } from './open-plain.ts';

/** Of a file that we have just made where another user may put another in its place: that one is left alone. Errors: `LinkRefused`, EPERM. */
export function setRights(
  file: string,
  {
    uid,
    gid,
    mode,
    time,
  }: {
    readonly uid?: number;
    readonly gid?: number;
    readonly mode: number;
    readonly time?: Date;
  },
): void {
  const fd = openPlain(file, constants.O_RDONLY);
  try {
    const own = fstatSync(fd);
    // What we have made is ours until now: another was moved to its name.
    if (own.uid !== (process.geteuid?.() ?? own.uid) && own.uid !== uid)
      throw permanent('FileChanged', `"${file}" was replaced while it was made: start again`);
    if (uid !== undefined && gid !== undefined && (own.uid !== uid || own.gid !== gid))
      fchownSync(fd, uid, gid);
    fchmodSync(fd, mode);
    if (time) futimesSync(fd, time, time);
  } finally {
    closeSync(fd);
  }
}
