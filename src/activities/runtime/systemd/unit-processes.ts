import { readFileSync } from 'node:fs';
import { type ProcessEntry, processTable } from '../../../os/process/process-table.ts';
import type { Unit } from './unit.ts';

/**
 * What is alive of a unit: all in its control group, and below it. A service may give its processes to the first of the machine, so that
 * parents tell nothing.
 */
export function processesOf({ group }: Pick<Unit, 'group'>): ProcessEntry[] {
  if (group === '' || group === '/') return [];
  return processTable().filter(({ pid, alive }) => alive && isIn(pid, group));
}

/** See cgroups(7): systemd keeps its own hierarchy, `name=systemd` in version 1, and the one without controllers in version 2. */
function isIn(pid: number, group: string): boolean {
  const groups = readOr(`/proc/${pid}/cgroup`).matchAll(/^\d+:(?:name=systemd)?:(.*)$/gm);
  return [...groups].some(([, path]) => path === group || path!.startsWith(`${group}/`));
}

/** A process may end while it is read. */
function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
