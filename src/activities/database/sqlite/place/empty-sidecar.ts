import { closeSync, lstatSync, openSync, readSync } from 'node:fs';

/** A log's header, https://sqlite.org/fileformat.html#the_write_ahead_log: what is longer has frames. */
const LOG_HEADER = 32;
/** https://sqlite.org/fileformat.html#the_rollback_journal: SQLite overwrites it with zeros when it is done with one that it keeps. */
const JOURNAL_HEADER = 28;

/**
 * Whether a sidecar certainly says nothing about the database: a log without frames, a journal that is done with, or an index,
 * which SQLite makes again from the log.
 */
export function isEmptySidecar(sidecar: string): boolean {
  const found = lstatSync(sidecar, { throwIfNoEntry: false });
  if (!found?.isFile()) return false;
  if (sidecar.endsWith('-shm') || found.size === 0) return true;
  if (sidecar.endsWith('-wal')) return found.size <= LOG_HEADER;
  return sidecar.endsWith('-journal') && beginsWithZeros(sidecar);
}

function beginsWithZeros(file: string): boolean {
  const head = Buffer.alloc(JOURNAL_HEADER, 1);
  const fd = openSync(file, 'r');
  try {
    const length = readSync(fd, head, 0, JOURNAL_HEADER, 0);
    return head.subarray(0, length).every((byte) => byte === 0);
  } finally {
    closeSync(fd);
  }
}
