import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { openPlain } from '../../../../os/files/held/open-plain.ts';
import { sha256Of } from '../../../../os/files/sha256.ts';
import type { JournalMode } from '../../copies.ts';

/** Bytes 18 and 19 of the header, https://sqlite.org/fileformat.html#file_format_version_numbers */
const VERSIONS = 18;

export function journalModeOf(file: string): JournalMode {
  const fd = openSync(file, 'r');
  try {
    const versions = Buffer.alloc(2);
    readSync(fd, versions, 0, 2, VERSIONS);
    return versions[1] === 2 ? 'wal' : 'delete';
  } finally {
    closeSync(fd);
  }
}

/**
 * Marks a single file that nobody has open. Unlike `pragma journal_mode` it makes no sidecars, and changes
 * nothing else, so that the content can still be recognised by its hash. The caller syncs it.
 */
export function setJournalMode(file: string, mode: JournalMode): void {
  const fd = openPlain(file, constants.O_RDWR);
  try {
    writeSync(fd, versionsFor(mode), 0, 2, VERSIONS);
  } finally {
    closeSync(fd);
  }
}

/** The sha256 that `file` would have in mode `delete`, in which every backup is kept. */
export function contentHashOf(file: string): string {
  return sha256Of(file, (head) => {
    versionsFor('delete').copy(head, VERSIONS);
  });
}

function versionsFor(mode: JournalMode): Buffer {
  return Buffer.alloc(2, mode === 'wal' ? 2 : 1);
}
