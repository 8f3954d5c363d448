import { readFileSync } from 'node:fs';

/**
 * What some processes hold in memory, in bytes. What they share counts once, where the kernel tells (smaps_rollup, which needs the
 * right to look into them), else at each of them. Undefined where nothing can be read.
 */
export function memoryOf(pids: readonly number[]): number | undefined {
  const found = pids.flatMap((pid) => proportional(pid) ?? resident(pid) ?? []);
  return found.length === 0 ? undefined : found.reduce((sum, bytes) => sum + bytes, 0);
}

function proportional(pid: number): number | undefined {
  return kilobytesIn(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB$/m);
}

function resident(pid: number): number | undefined {
  return kilobytesIn(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB$/m);
}

/** What it may write to and shares with nobody, in bytes, used or only reserved: what a limit of data counts. */
export function dataOf(pid: number): number | undefined {
  return kilobytesIn(`/proc/${pid}/status`, /^VmData:\s+(\d+) kB$/m);
}

/** A process may end while it is read. */
function kilobytesIn(file: string, pattern: RegExp): number | undefined {
  try {
    const found = pattern.exec(readFileSync(file, 'utf8'))?.[1];
    return found === undefined ? undefined : Number(found) * 1024;
  } catch {
    return undefined;
  }
}
