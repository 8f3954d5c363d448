import { readFileSync } from 'node:fs';
import { inMebibytes } from '../../os/files/disk-space.ts';
import { processTable } from '../../os/process/process-table.ts';
import { programOf } from '../../os/process/program-of.ts';

/** Those that hold most memory, the largest first, as text. None where there is no /proc. */
export function largestProcesses(count: number): string[] {
  return processTable()
    .flatMap(({ pid }) => {
      const bytes = residentBytes(pid);
      return bytes === undefined ? [] : { pid, bytes };
    })
    .toSorted((one, other) => other.bytes - one.bytes)
    .slice(0, count)
    .map(({ pid, bytes }) => `${programOf(String(pid))} (process ${pid}) ${inMebibytes(bytes)}`);
}

/** See proc_pid_status(5). Threads of the kernel have none. */
function residentBytes(pid: number): number | undefined {
  try {
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return found === undefined ? undefined : Number(found) * 1024;
  } catch {
    return undefined;
  }
}
