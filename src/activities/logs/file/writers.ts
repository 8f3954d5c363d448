import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';

/** A process that has a file open for writing. */
export interface Writer {
  readonly pid: number;
  /** The program's name only: arguments may hold secrets. */
  readonly program: string;
  /** Whether it writes at the end wherever that is. One that does not goes on at its old place after a cut. */
  readonly appends: boolean;
}

export interface Writers {
  readonly writers: readonly Writer[];
  /** Whether there are processes that this user cannot inspect: then nobody seen does not mean that nobody is there. */
  readonly blind: boolean;
}

/** Who has `file` open for writing, under whatever name. Without /proc, nobody is seen. */
export function writersOf(file: string): Writers {
  const wanted = identityOf(file);
  const pids = entriesOf('/proc')?.filter((name) => /^\d+$/.test(name));
  if (wanted === undefined || !pids) return { writers: [], blind: !pids };
  let blind = false;
  const writers = pids.flatMap((pid) => {
    const fds = entriesOf(`/proc/${pid}/fd`);
    if (!fds) blind = true;
    for (const fd of fds ?? []) {
      if (identityOf(`/proc/${pid}/fd/${fd}`) !== wanted) continue;
      const flags = flagsOf(pid, fd);
      if ((flags & ACCESS_MODE) !== 0)
        return [{ pid: Number(pid), program: programOf(pid), appends: (flags & APPEND) !== 0 }];
    }
    return [];
  });
  return { writers, blind };
}

/** `process 4711 (python3)` */
export function asText(writers: readonly Writer[]): string {
  return writers.map(({ pid, program }) => `process ${pid} (${program})`).join(' and ');
}

const ACCESS_MODE = 0o3;
const APPEND = 0o2000;

/** How the file was opened, see proc_pid_fdinfo(5). 0 when it was closed meanwhile. */
function flagsOf(pid: string, fd: string): number {
  const flags = /^flags:\s*([0-7]+)/m.exec(readOr(`/proc/${pid}/fdinfo/${fd}`));
  return flags ? Number.parseInt(flags[1]!, 8) : 0;
}

function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

function programOf(pid: string): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return 'ended';
  }
}

/** Undefined when we may not read it; nothing when it has just ended. */
function entriesOf(directory: string): string[] | undefined {
  try {
    return readdirSync(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return directory !== '/proc' && (code === 'ENOENT' || code === 'ESRCH') ? [] : undefined;
  }
}

/** A process may end while it is read. */
function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
