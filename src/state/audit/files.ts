import { closeSync, constants, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { countText } from '../../config/text/count-text.ts';
import { failureOf } from '../../os/failure-of.ts';
import { permanent } from '../../os/failure.ts';
import { isThere } from '../../os/files/file-facts.ts';
import { openRegular } from '../../os/files/held/open-plain.ts';

const { O_APPEND, O_CREAT, O_RDONLY, O_RDWR } = constants;

/** Opens a file of the audit to write at its end. Error: `NotPermitted` when it is a link: what is written would go elsewhere. */
export function openToAppend(file: string): number {
  return openedAlone(file, O_RDWR | O_APPEND | O_CREAT);
}

/** The same, to read. */
export function openToRead(file: string): number {
  return openedAlone(file, O_RDONLY);
}

/** The names of the files before this one, the oldest first. */
export function rotatedAudits(state: string): string[] {
  return readdirSync(state)
    .filter((name) => /^audit-\d{8}_\d{6}\.jsonl$/.test(name))
    .toSorted();
}

/** The names of all files that there are, the oldest first. Error: the file system's, where there is no state directory. */
export function auditFiles(state: string): string[] {
  const current = isThere(join(state, 'audit.jsonl')) ? ['audit.jsonl'] : [];
  return [...rotatedAudits(state), ...current];
}

function openedAlone(file: string, flags: number): number {
  let opened: ReturnType<typeof openRegular>;
  try {
    opened = openRegular(file, flags, 0o600);
  } catch (error) {
    if (failureOf(error).type !== 'LinkRefused') throw error;
    throw planted(file, 'it is a link, or no file');
  }
  const { fd, about } = opened;
  if (about.nlink === 1) return fd;
  closeSync(fd);
  throw planted(file, `it has ${countText(about.nlink, 'name')}`);
}

function planted(file: string, why: string): Error {
  return permanent(
    'NotPermitted',
    `Cannot use the audit "${file}": ${why}, which we never make. Find out who did that`,
  );
}
