import { readFileSync, statSync } from 'node:fs';
import { isThere } from '../../../../os/files/file-facts.ts';
import { journalModeOf } from '../file/journal-mode.ts';
import { openersOf } from '../file/openers.ts';

/** What one process has locked of a database. */
export interface HeldLock {
  /** 0: a process that cannot be seen from here, such as one outside this container. */
  readonly pid: number;
  readonly what:
    | 'writes'
    | 'is about to write'
    | 'has all of it'
    | 'recovers the log'
    | 'reads'
    | 'checkpoints the log';
  /** Whether nobody else can commit meanwhile. */
  readonly blocks: boolean;
}

/** https://sqlite.org/src/file/src/os.h: in the main file, beyond its first GB. */
const PENDING = 0x40000000;
const RESERVED = PENDING + 1;
const SHARED = PENDING + 2;
/** https://sqlite.org/walformat.html#wal_locks: in the log's index. */
const WAL_WRITE = 120;
const WAL_CHECKPOINT = 121;
const WAL_RECOVER = 122;
const WAL_READ = 123;

interface KernelLock {
  readonly pid: number;
  readonly exclusive: boolean;
  /** `major:minor:inode`, as in /proc/locks. */
  readonly file: string;
  readonly from: number;
  readonly to: number;
}

/** Who has locked what of a database. Undefined where there is no /proc/locks. It opens nothing, and waits for nobody. */
export function locksOn(live: string): HeldLock[] | undefined {
  const table = kernelLocks();
  if (!table) return undefined;
  const isWal = isThere(live) && journalModeOf(live) === 'wal';
  const main = table.filter(isOn(live)).flatMap((lock) => inMain(lock, isWal));
  const index = table.filter(isOn(`${live}-shm`)).flatMap(inIndex);
  return [...main, ...index];
}

/** Some file systems show another device to the kernel's table: then whoever has the file open is meant. */
function isOn(file: string): (lock: KernelLock) => boolean {
  const id = idOf(file);
  if (id === undefined) return () => false;
  const inode = id.slice(id.lastIndexOf(':'));
  let openers: ReadonlySet<number> | undefined;
  return (lock) => {
    if (lock.file === id) return true;
    if (!lock.file.endsWith(inode)) return false;
    openers ??= new Set(openersOf(file).map(({ pid }) => pid));
    return openers.has(lock.pid);
  };
}

/** In WAL mode everyone who has the database open holds SHARED, and blocks nobody by that. */
function inMain(lock: KernelLock, isWal: boolean): HeldLock[] {
  const { pid, exclusive } = lock;
  if (exclusive && covers(lock, SHARED)) return [{ pid, what: 'has all of it', blocks: true }];
  if (exclusive && covers(lock, PENDING)) return [{ pid, what: 'is about to write', blocks: true }];
  if (exclusive && covers(lock, RESERVED)) return [{ pid, what: 'writes', blocks: true }];
  return !exclusive && !isWal && lock.to >= SHARED ? [{ pid, what: 'reads', blocks: true }] : [];
}

function inIndex(lock: KernelLock): HeldLock[] {
  const { pid, exclusive } = lock;
  if (exclusive && covers(lock, WAL_RECOVER))
    return [{ pid, what: 'recovers the log', blocks: true }];
  if (exclusive && covers(lock, WAL_WRITE)) return [{ pid, what: 'writes', blocks: true }];
  if (exclusive && covers(lock, WAL_CHECKPOINT))
    return [{ pid, what: 'checkpoints the log', blocks: false }];
  const reads = !exclusive && lock.from >= WAL_READ && lock.from < WAL_READ + 5;
  return reads ? [{ pid, what: 'reads', blocks: false }] : [];
}

function covers({ from, to }: KernelLock, byte: number): boolean {
  return from <= byte && byte <= to;
}

/** See proc_locks(5). A line with an arrow is of a process that waits. */
function kernelLocks(): KernelLock[] | undefined {
  let text: string;
  try {
    text = readFileSync('/proc/locks', 'utf8');
  } catch {
    return undefined;
  }
  return text.split('\n').flatMap((line) => {
    const [, kind, , access, pid, file, from, to] = line.split(/\s+/);
    if (!['POSIX', 'OFDLCK'].includes(kind ?? '') || to === undefined) return [];
    return {
      pid: Math.max(0, Number(pid)),
      exclusive: access === 'WRITE',
      file: file!,
      from: Number(from),
      to: to === 'EOF' ? Infinity : Number(to),
    };
  });
}

function idOf(file: string): string | undefined {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  if (!found) return undefined;
  const { dev, ino } = found;
  // makedev(3), as glibc has it.
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn);
  return `${hex(major)}:${hex(minor)}:${ino}`;
}

function hex(number: bigint): string {
  return number.toString(16).padStart(2, '0');
}
