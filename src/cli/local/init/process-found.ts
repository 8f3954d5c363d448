import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { listeningPorts } from '../../../os/process/listening-ports.ts';
import { familyOf, processTable } from '../../../os/process/process-table.ts';
import { UnitName } from '../../../config/schema/values/unit-name.ts';
import type { Found } from './found.ts';
import { seenOf } from './seen.ts';

/** The processes that work in a directory, or the one that is named: each that nobody else of them has started. */
export function processesFound(directory: string, pid?: number): Found[] {
  const table = processTable().filter(({ alive }) => alive);
  const here = pid === undefined ? table.filter((one) => worksIn(one.pid, directory)) : [];
  const pids = new Set(pid === undefined ? here.map((one) => one.pid) : [pid]);
  pids.delete(process.pid);
  return table
    .filter((one) => pids.has(one.pid) && !pids.has(one.parent))
    .map((one) => {
      const family = familyOf(one.pid, table);
      return {
        directory: cwdOf(one.pid) ?? directory,
        runtime: runtimeOf(one.pid),
        pid: one.pid,
        ports: portsIn(listeningPorts(family)),
        ...seenOf(family, (path) => path),
      };
    })
    .filter(({ ports, databases }) => pid !== undefined || ports.length + databases.length > 0);
}

/** A service of systemd's: systemd would start it again, whatever we stop. Sessions and scopes are people. */
function runtimeOf(pid: number): Found['runtime'] {
  const unit = unitOf(pid);
  return unit === undefined
    ? { kind: 'process', command: wordsOf(pid) }
    : { kind: 'systemd', unit };
}

function unitOf(pid: number): string | undefined {
  try {
    const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
    const [, path] = /^(?:0:|\d+:name=systemd):(.*\.service)(?:\/.*)?$/m.exec(groups) ?? [];
    // A user's own systemd, and what Docker runs in, are services of the system, too.
    const unit = path?.split('/').at(-1);
    if (unit === undefined || /\/user@\d+\.service/.test(path!)) return undefined;
    return UnitName.safeParse(unit).success ? unit : undefined;
  } catch {
    return undefined;
  }
}

/** `127.0.0.1:8501` is 8501. */
export function portsIn(places: readonly string[]): number[] {
  return [...new Set(places.map((place) => Number(/:(\d+)$/.exec(place)?.[1])))];
}

function worksIn(pid: number, directory: string): boolean {
  const cwd = cwdOf(pid);
  return cwd !== undefined && cwd === realpathSync(directory);
}

function cwdOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function wordsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0$/, '').split('\0');
  } catch {
    return [];
  }
}
