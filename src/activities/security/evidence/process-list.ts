import { readFileSync, statSync } from 'node:fs';
import { processTable } from '../../../os/process/process-table.ts';
import { programOf } from '../../../os/process/program-of.ts';

/** What runs, a line each: process, parent, user, state, program, and the file that it is. No arguments: they may hold secrets. */
export function processList(): string {
  const rows = processTable().map(
    ({ pid, parent, state, startTime }) =>
      `${pid} ${parent} ${userOf(pid)} ${state} ${startTime.split(' ').at(-1)} ${programOf(String(pid))} ${fileOf(pid)}`,
  );
  return `pid parent user state start program file\n${rows.join('\n')}\n`;
}

function userOf(pid: number): string {
  return String(statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid ?? '?');
}

/** As the kernel maps it first: a program whose file is gone says so. */
function fileOf(pid: number): string {
  try {
    const [line = ''] = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n', 1);
    return line.split(/\s+/).slice(5).join(' ') || '-';
  } catch {
    return '-';
  }
}
