import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  rmSync,
} from 'node:fs';
import { sha256OfOpen } from '../sha256.ts';
import { openPlain } from './open-plain.ts';
import { openHeld } from './read-held.ts';

const { COPYFILE_EXCL, COPYFILE_FICLONE, O_RDONLY } = constants;

/**
 * Copies a file to where nothing may be yet, with its owner and mode, durably. Neither name is followed when it is, or becomes, a link.
 * Shares blocks where the file system can. Error: `LinkRefused`, EEXIST.
 */
export function copyPlain(file: string, copy: string): void {
  rmSync(copy, { force: true });
  const from = openPlain(file, O_RDONLY);
  try {
    copyOpen(from, file, copy);
    const to = openPlain(copy, O_RDONLY);
    try {
      const { uid, gid, mode } = fstatSync(from);
      const own = fstatSync(to);
      if (own.uid !== uid || own.gid !== gid) fchownSync(to, uid, gid);
      fchmodSync(to, mode & 0o7777);
      fsyncSync(to);
    } finally {
      closeSync(to);
    }
  } finally {
    closeSync(from);
  }
}

/**
 * Copies what is in a file that another user may have put there to where nothing may be yet, durably. It is ours, and closed to others.
 * `file`: where `held` found it, else where it is found by handles. Error: `LinkRefused`, EEXIST.
 */
export function copyContent(file: string, copy: string): void {
  const from = openHeld(file);
  try {
    copyOpen(from, file, copy);
  } finally {
    closeSync(from);
  }
  const to = openPlain(copy, O_RDONLY);
  try {
    fchmodSync(to, 0o600);
    fsyncSync(to);
  } finally {
    closeSync(to);
  }
}

function copyOpen(from: number, file: string, copy: string): void {
  const source = process.platform === 'linux' ? `/proc/self/fd/${from}` : file;
  copyFileSync(source, copy, COPYFILE_EXCL | COPYFILE_FICLONE);
}

/** Of a file that another user may have put there. Error: `LinkRefused`. */
export function sha256OfPlain(file: string): string {
  const fd = openPlain(file, O_RDONLY);
  try {
    return sha256OfOpen(fd);
  } finally {
    closeSync(fd);
  }
}
