import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { bootId } from './boot-id.ts';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** The process group: the pid of the process that opened it. */
  readonly group: number;
  /** `R`, `S`, `D`, ... as in `ps`. */
  readonly state: string;
  /** With the pid, names one process for ever: another that gets the same pid began at another time. */
  readonly startTime: string;
  /** False for a zombie: it has ended, and only its parent has not asked yet. */
  readonly alive: boolean;
}

/** Every process of this machine, from /proc where there is one, else from ps. */
export function processTable(): ProcessEntry[] {
  const boot = bootId();
  if (boot === undefined) return tableOfPs();
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const stat = readOr(`/proc/${pid}/stat`);
      return stat === undefined ? [] : [entryOf(stat, boot)];
    });
}

/** The environment that a process was started with, as `NAME=value`; empty when it cannot be read. */
export function environmentOf(pid: number): string[] {
  return readOr(`/proc/${pid}/environ`)?.split('\0') ?? [];
}

/** What a process was started with, in one text: empty when it is just ending, undefined when it cannot be read. */
export function commandOf(pid: number): string | undefined {
  return readOr(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ');
}

/** A process and all that it started, directly or not. */
export function familyOf(pid: number, table: readonly ProcessEntry[]): number[] {
  const children = table.filter(({ parent }) => parent === pid);
  return [pid, ...children.flatMap((child) => familyOf(child.pid, table))];
}

/** See proc_pid_stat(5): the name in parentheses may itself hold spaces and parentheses. */
function entryOf(stat: string, boot: string): ProcessEntry {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): string => fields[number - 3]!;
  const state = field(3);
  // A first thread that has ended shows as Z while the others still work.
  const threads = Number(field(20));
  return {
    pid: Number.parseInt(stat, 10),
    parent: Number(field(4)),
    group: Number(field(5)),
    state,
    startTime: `${boot} ${field(22)}`,
    alive: state !== 'X' && (state !== 'Z' || threads > 1),
  };
}

/** Slower, and by the second only: for systems without /proc. */
export function tableOfPs(): ProcessEntry[] {
  const columns = 'pid=,ppid=,pgid=,stat=,lstart=';
  // Dates in one language, whatever the worker's is.
  const table = execFileSync('env', ['LC_ALL=C', 'ps', '-axo', columns], { encoding: 'utf8' });
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, group, state, ...start] = line.trim().split(/\s+/);
      return {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        state: state!.slice(0, 1),
        startTime: start.join(' '),
        alive: !state!.startsWith('Z'),
      };
    });
}

/** A process may end while it is read. */
function readOr(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
