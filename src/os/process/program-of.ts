import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The name it was called by, only: arguments may hold secrets. Its threads may bear names of their own. */
export function programOf(pid: string): string {
  const [called = ''] = readOr(`/proc/${pid}/cmdline`).split(/[\0\s:]/);
  return basename(called) || readOr(`/proc/${pid}/comm`).trim() || 'ended';
}
