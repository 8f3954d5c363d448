import { readdirSync, readFileSync, statSync } from 'node:fs';
import { passing } from '../../failure.ts';
import { sidecarsOf } from './database-set.ts';

/** Demands that no process has the database or a sidecar open, under whatever name. Tells nothing where there is no /proc. */
export function expectUnopened(file: string): void {
  const set = new Set([file, ...sidecarsOf(file)].map(identityOf));
  set.delete(undefined);
  if (set.size === 0) return;
  for (const pid of processes()) {
    if (openFilesOf(pid).some((identity) => set.has(identity)))
      throw passing('DatabaseInUse', `Process ${pid} (${programOf(pid)}) has "${file}" open`);
  }
}

function processes(): string[] {
  return entriesOf('/proc').filter((name) => /^\d+$/.test(name));
}

function openFilesOf(pid: string): (string | undefined)[] {
  return entriesOf(`/proc/${pid}/fd`).map((fd) => identityOf(`/proc/${pid}/fd/${fd}`));
}

function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** The program's name only: arguments may hold secrets. */
function programOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return 'ended';
  }
}

/** A process may end, or belong to somebody else, while we look. */
function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
