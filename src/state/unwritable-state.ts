import { rmSync, writeFileSync } from 'node:fs';
import { passing, permanent } from '../os/failure.ts';

const PAGE = 4096;

/**
 * What keeps us from writing the claim's file, such as a full disk, as a failure for people. Anything else comes back as it is.
 *
 * `patient`: people know, so that it is worth another try for as long as it takes them. Otherwise it is reported at once.
 */
export function stateTrouble(error: unknown, file: string, patient: boolean): unknown {
  if (!isOfDisk(error)) return error;
  const refuse = patient ? passing : permanent;
  return refuse(
    'StateUnusable',
    `Cannot write "${file}", in which a run takes its target: ${reasonFor(error, file)}${whatToDo(error, file)}`,
  );
}

interface DiskError extends Error {
  readonly code: string;
  readonly syscall?: string;
}

/** Node's own, with the call that failed, and SQLite's, unless it only waits for its turn. Not Temporal's: their codes are numbers. */
function isOfDisk(error: unknown): error is DiskError {
  const { code, syscall } = error as Partial<DiskError>;
  if (typeof code !== 'string') return false;
  return syscall !== undefined || /^SQLITE_(?!BUSY|LOCKED|PROTOCOL)/.test(code);
}

/** Space comes back by itself, and a damaged file never becomes sound: whoever is told that the run waits has to know. */
function whatToDo({ code }: DiskError, file: string): string {
  return /^SQLITE_(NOTADB|CORRUPT)/.test(code)
    ? `. It is damaged: mv "${file}" "${file}.damaged", and restart the worker (docs/own-recovery.md)`
    : '';
}

/** SQLite only says that it could not open or write: the system says why. */
function reasonFor({ message, code }: DiskError, file: string): string {
  if (!code.startsWith('SQLITE_')) return message;
  const probe = `${file}.probe`;
  try {
    writeFileSync(probe, Buffer.alloc(PAGE));
    return message;
  } catch (error) {
    return `${message} (${(error as Error).message})`;
  } finally {
    tidy(probe);
  }
}

function tidy(probe: string): void {
  try {
    rmSync(probe, { force: true });
  } catch {
    // A disk that is read-only has none.
  }
}
