import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { passing } from '../../../../os/failure.ts';
import { syncDirectory } from '../../../../os/files/durable-files.ts';
import { withHeld } from '../../../../os/files/held/with-held.ts';
import { textAt } from './compose-text.ts';

/** What a file is to become, and what it has to be until then. Undefined is no file. */
export interface Replacement {
  readonly file: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** A file whose owner and mode it gets. */
  readonly like: string;
}

/** Others read the old text or the new, and the new one survives a power cut. Error: `FileChanged`, when somebody was quicker. */
export function replaceFile({ file, from, to, like }: Replacement): void {
  withHeld((held) => replaceHeld({ file: held.itself(file), from, to, like: held.itself(like) }));
}

function replaceHeld({ file, from, to, like }: Replacement): void {
  const part = `${file}.part`;
  // What a killed attempt left, or a link that somebody laid there.
  rmSync(part, { force: true });
  if (to === undefined) {
    expectStill(file, from);
    rmSync(file, { force: true });
  } else {
    try {
      write(part, to, like);
      expectStill(file, from);
      // A link fails where a rename would take somebody's file away.
      if (from === undefined) linkSync(part, file);
      else renameSync(part, file);
    } finally {
      rmSync(part, { force: true });
    }
  }
  syncDirectory(dirname(file));
}

function write(part: string, text: string, like: string): void {
  const { uid, gid, mode } = lstatSync(like);
  const fd = openSync(part, 'wx', 0o600);
  try {
    writeFileSync(fd, text);
    fchownSync(fd, uid, gid);
    fchmodSync(fd, mode & 0o7777);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function expectStill(file: string, from: string | undefined): void {
  if (textAt(file, file) !== from)
    throw passing('FileChanged', `"${file}" was changed by somebody else meanwhile`);
}
