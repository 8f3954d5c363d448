import { closeSync, constants, fstatSync, openSync, readdirSync } from 'node:fs';
import { permanent } from '../../os/failure.ts';
import { countText } from '../../config/text/count-text.ts';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;

/** Opens a file of the audit to write at its end. Error: `NotPermitted` when it is a link: what is written would go elsewhere. */
export function openToAppend(file: string): number {
  return opened(file, O_RDWR | O_APPEND | O_CREAT);
}

/** The same, to read. */
export function openToRead(file: string): number {
  return opened(file, O_RDONLY);
}

/** The names of the files before this one, the oldest first. */
export function rotatedAudits(state: string): string[] {
  return readdirSync(state)
    .filter((name) => /^audit-\d{8}_\d{6}\.jsonl$/.test(name))
    .toSorted();
}

function opened(file: string, flags: number): number {
  let fd: number;
  try {
    // A pipe would wait for ever.
    fd = openSync(file, flags | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP') throw planted(file, 'it is a symbolic link');
    throw error;
  }
  const { nlink } = fstatSync(fd);
  if (fstatSync(fd).isFile() && nlink === 1) return fd;
  closeSync(fd);
  throw planted(file, nlink > 1 ? `it has ${countText(nlink, 'name')}` : 'it is no file');
}

function planted(file: string, why: string): Error {
  return permanent(
    'NotPermitted',
    `Cannot use the audit "${file}": ${why}, which we never make. Find out who did that`,
  );
}
