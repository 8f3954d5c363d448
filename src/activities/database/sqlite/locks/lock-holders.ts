import type { SqliteTarget, Target } from '../../../../config/schema/target.ts';
import { liveFile } from '../../../../os/files/live-file.ts';
import {
  commandOf,
  familyOf,
  type ProcessEntry,
  processTable,
} from '../../../../os/process/process-table.ts';
import { programOf } from '../../../../os/process/program-of.ts';
import { driverFor } from '../../../runtime/driver-for.ts';
import type { LockHolder, LockHolders } from '../../driver.ts';
import { type OpenedElsewhere, openedElsewhere } from '../place/opened-elsewhere.ts';
import { type HeldLock, locksOn } from './lock-table.ts';

/** Programs that copy: what they hold ends by itself, and to end them would cost the copy. */
const COPIERS = new Set(
  'borg cp duplicity gzip litestream rclone restic rsync sqlite3_rsync tar zstd'.split(' '),
);
const COPYING = /\.(backup|clone|dump|save)\b|vacuum\s+into/i;

/** Finds who holds the database's lock, without touching the database. */
export async function findLockHolders(target: SqliteTarget): Promise<LockHolders> {
  const live = liveFile(target.database.file);
  const locks = locksOn(live);
  if (!locks) return { blocking: [], note: 'Unknown: this system has no /proc/locks' };
  const table = processTable();
  const application = await applicationPids(target, table);
  const seen = (pid: number) => table.some((one) => one.pid === pid);
  const pids = blockersOf(locks);
  // One that ended between the two readings has released it: it is not one that cannot be seen.
  const still = pids.every(seen) ? pids : blockersOf(locksOn(live) ?? []);
  const blocking = pids
    .filter((pid) => seen(pid) || still.includes(pid))
    .map((pid) =>
      lockHolderOf(pid, locks, { table, application, spared: target.database.locks.spare }),
    );
  const holding =
    blocking.length > 0 ? blocking.map((one) => one.note).join('; ') : 'Nobody holds its lock now';
  const note = [holding, ...openedElsewhere(live).map(elsewhereText)].join('; ');
  return { blocking, note };
}

/** Its locks are on the index of another log. */
function elsewhereText({ program, pid, name }: OpenedElsewhere): string {
  return `${program} (process ${pid}) has it open as "${name}", where its locks are not seen`;
}

function blockersOf(locks: readonly HeldLock[]): number[] {
  return [...new Set(locks.filter(({ blocks }) => blocks).map(({ pid }) => pid))];
}

interface Surroundings {
  readonly table: readonly ProcessEntry[];
  readonly application: ReadonlySet<number>;
  readonly spared: readonly string[];
}

function lockHolderOf(
  pid: number,
  locks: readonly HeldLock[],
  { table, application, spared }: Surroundings,
): LockHolder {
  const entry = table.find((one) => one.pid === pid);
  const program = programOf(String(pid));
  const all = locks.filter((lock) => lock.pid === pid && lock.blocks).map(({ what }) => what);
  // Who writes reads, too.
  const holds = all.some((what) => what !== 'reads') ? all.filter((what) => what !== 'reads') : all;
  const role = !entry
    ? 'unseen'
    : isOurs(entry)
      ? 'ours'
      : application.has(pid)
        ? 'application'
        : isCopier(pid, program, spared)
          ? 'backup'
          : 'other';
  const who = entry
    ? `${program} (process ${pid}${entry.state === 'T' ? ', stopped by a signal' : ''})`
    : 'A process that cannot be seen from here';
  const note = `${who} ${[...new Set(holds)].join(' and ')}`;
  return { pid, startTime: entry?.startTime ?? '', program, role, note };
}

/** Drivers give their pids as text; a container's processes are children of its first. */
export async function applicationPids(
  target: Target,
  table: readonly ProcessEntry[],
): Promise<ReadonlySet<number>> {
  const driver = driverFor(target);
  if (driver.pids) return new Set(await driver.pids().catch(() => []));
  const { detail } = await driver.describe().catch(() => ({ detail: '' }));
  const first = [...detail.matchAll(/\bpid (\d+)/g)].map(([, pid]) => Number(pid));
  const groups = table.filter(({ group }) => first.includes(group)).map(({ pid }) => pid);
  return new Set([...groups, ...first.flatMap((pid) => familyOf(pid, table))]);
}

/** This job process with the commands of its group, its worker, and the job processes of any other worker. */
function isOurs({ pid, group }: ProcessEntry): boolean {
  return (
    [process.pid, process.ppid].includes(pid) ||
    group === process.pid ||
    /\/worker-process\/job-process\.[jt]s\b/.test(commandOf(pid) ?? '')
  );
}

function isCopier(pid: number, program: string, spared: readonly string[]): boolean {
  if (COPIERS.has(program) || spared.includes(program)) return true;
  return COPYING.test(commandOf(pid) ?? '');
}
