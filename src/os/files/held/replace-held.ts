import { randomUUID } from 'node:crypto';
import { closeSync, constants, fstatSync, fsyncSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncDirectory } from '../durable-files.ts';
import { removeStartingWith } from '../remove-starting-with.ts';
import { openPlain } from './open-plain.ts';
import { setRightsOf } from './set-rights.ts';
import { withHeld } from './with-held.ts';

/**
 * Replaces the content of a file in a directory that another user can write: readers see the old bytes or the new, and owner, group and mode
 * stay. What a killed attempt left beside it is removed first. Errors: `LinkRefused`, `FileChanged`; ENOENT when it is not there.
 */
export function replaceHeld(path: string, content: Buffer): void {
  withHeld((held) => {
    const file = held(path);
    const before = openPlain(file, constants.O_RDONLY);
    const { uid, gid, mode } = statAndClose(before);
    removeStartingWith(`${file}${PART}`);
    const part = `${file}${PART}${randomUUID()}`;
    try {
      const fd = openPlain(part, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, {
        mode: 0o600,
      });
      try {
        for (let at = 0; at < content.length;) at += writeSync(fd, content, at);
        setRightsOf(fd, { uid, gid, mode: mode & 0o7777 });
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(part, file);
      syncDirectory(dirname(file));
    } finally {
      removeStartingWith(part);
    }
  });
}

/** Removes what killed attempts have left beside a file: it may hold a secret. */
export function removeParts(path: string): void {
  withHeld((held) => removeStartingWith(`${held(path)}${PART}`));
}

const PART = '.runbook-part-';

function statAndClose(fd: number) {
  try {
    return fstatSync(fd);
  } finally {
    closeSync(fd);
  }
}
