import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Lends a directory named `<prefix>-<pid>-...` that is gone afterwards, and clears those of killed processes. */
export function withScratch<Result>(prefix: string, use: (directory: string) => Result): Result {
  clearAbandoned(prefix);
  const directory = mkdtempSync(`${prefix}-${process.pid}-`);
  try {
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The same for work that takes its time. */
export async function withScratchFor<Result>(
  prefix: string,
  use: (directory: string) => Promise<Result>,
): Promise<Result> {
  clearAbandoned(prefix);
  const directory = mkdtempSync(`${prefix}-${process.pid}-`);
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function clearAbandoned(prefix: string): void {
  for (const name of readdirSync(dirname(prefix))) {
    if (!name.startsWith(`${basename(prefix)}-`)) continue;
    const pid = Number(/^(\d+)-/.exec(name.slice(basename(prefix).length + 1))?.[1]);
    if (pid > 0 && !isAlive(pid)) removeIfWeMay(join(dirname(prefix), name));
  }
}

/** That of a process with other rights is for the next one that has them. */
function removeIfWeMay(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes((error as { code?: string }).code ?? '')) throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
