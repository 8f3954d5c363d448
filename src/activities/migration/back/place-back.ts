import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  lstatSync,
  rmSync,
} from 'node:fs';
import { openPlain } from '../../../os/files/held/open-plain.ts';
import { setRightsOf } from '../../../os/files/held/set-rights.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';

/** Copies a finished database to `staged`, where the application's user can write: synced, readable only, and whose `like` is. Error: `LinkRefused`. */
export function placeBack(work: string, staged: string, like: string): void {
  withHeld((held) => {
    const at = held.itself(staged);
    rmSync(at, { force: true });
    const { uid, gid } = lstatSync(held.itself(like));
    const { O_WRONLY, O_CREAT, O_EXCL } = constants;
    // Made by us, and no link that somebody has put there since.
    const fd = openPlain(at, O_WRONLY | O_CREAT | O_EXCL, { mode: 0o600 });
    try {
      const open = `/proc/self/fd/${fd}`;
      copyFileSync(work, existsSync(open) ? open : at);
      setRightsOf(fd, { uid, gid, mode: 0o400 });
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  });
}
