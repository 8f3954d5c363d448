import { databaseFiles } from '../../../config/load/database-text.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { statSync } from 'node:fs';
import type { Figure } from '../../../figures/figure.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { commandOf } from '../../../os/process/process-table.ts';
import { programOf } from '../../../os/process/program-of.ts';
import { type HeldLock, locksOn } from '../../database/sqlite/locks/lock-table.ts';
import { type Limits, limitsOf } from '../judging/judged.ts';
import { measured, type Sampling, unknown } from '../sampling.ts';

/** So many looks at random distances: a share of 20 % is then seen as 5 to 35 %. More cost more than they tell. */
const LOOKS = 24;
const [SHORTEST, LONGEST] = [7, 33];
/** Where the policy says nothing: who has it in every look of half a second keeps all others from writing. */
const ALWAYS = 'critical when one writer has it in every look';
/** A reader that begins and ends is seen now and then: one that is always there holds the log back. */
const LONG_SECONDS = 60;
/** SQLite checkpoints at 1000 pages: a log below this is not held back. */
const MIN_LOG = 8 * 1024 * 1024;

/** `database.writeLock`: how often it is taken. `database.reader`: for how long one process reads without an end. */
export async function locks(sampling: Sampling): Promise<readonly Figure[]> {
  const { target, since } = sampling;
  // A server says so itself, over the connection of its other figures.
  const [file] = databaseFiles(target.database);
  if (file === undefined) return [];
  const live = liveFile(file);
  const source = '/proc/locks';
  if (!isThere(live)) return both('The database file is missing');
  let taken = 0;
  let readers: ReadonlySet<number> | undefined;
  let writers: ReadonlySet<number> | undefined;
  for (let look = 0; look < LOOKS; look += 1) {
    // Nothing of ours has the database open here: whoever closes a file of it drops the locks that its process has on it.
    const held = locksOn(live);
    if (!held) return both('This system has no /proc/locks');
    if (held.some(({ blocks }) => blocks)) taken += 1;
    const now = new Set(held.filter(({ what }) => what === 'reads').map(({ pid }) => pid));
    now.delete(process.pid);
    const writing = new Set(held.filter(keepsOut).map(({ pid }) => pid));
    writers = writers ? writers.intersection(writing) : writing;
    readers = readers ? readers.intersection(now) : now;
    await sleep(SHORTEST + Math.random() * (LONGEST - SHORTEST));
  }
  const share = taken / LOOKS;
  const [holder] = writers ?? [];
  const limits = limitsOf(target, 'lockWait');
  return [
    measured(
      sampling,
      'database.writeLock',
      {
        value: share,
        unit: 'ratio',
        source,
        note: `Taken in ${taken} of ${LOOKS} looks${holder === undefined ? '' : `: ${nameOf(holder)}`}`,
      },
      hasSome(limits)
        ? limits
        : { verdict: holder === undefined || isOurs(holder) ? 'ok' : 'critical', limit: ALWAYS },
    ),
    longReader(readers ?? new Set()),
  ];

  function longReader(pids: ReadonlySet<number>): Figure {
    const log = statSync(`${live}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    const seconds = Date.parse(sampling.at) / 1000;
    const found = [...pids].map((pid) => {
      const name = `reader.${pid}`;
      const begun = since.before(name) ?? seconds;
      since.keep(name, begun);
      return { pid, age: Math.max(0, seconds - begun) };
    });
    const [eldest] = found.toSorted((one, other) => other.age - one.age);
    const limit = `warning above ${LONG_SECONDS}s with a log above ${inMebibytes(MIN_LOG)}`;
    if (!eldest)
      return measured(
        sampling,
        'database.reader',
        { value: 0, unit: 'seconds', source, note: 'Nobody reads without an end' },
        { verdict: 'ok', limit },
      );
    const { pid, age } = eldest;
    const holds = age > LONG_SECONDS && log > MIN_LOG;
    return measured(
      sampling,
      'database.reader',
      {
        value: age,
        unit: 'seconds',
        source,
        note: `${nameOf(pid)} has been reading for at least ${Math.round(age)} s; the log has ${inMebibytes(log)}`,
      },
      { verdict: holds ? 'warning' : 'ok', limit },
    );
  }

  function both(why: string): Figure[] {
    return [
      unknown(sampling, 'database.writeLock', 'ratio', source, why),
      unknown(sampling, 'database.reader', 'seconds', source, why),
    ];
  }
}

/** A reader keeps others from writing in the mode without a log: backups do, and end. */
function keepsOut({ blocks, what }: HeldLock): boolean {
  return blocks && what !== 'reads';
}

/** A run that makes the database compact, for one: it is told as such, and ends. */
function isOurs(pid: number): boolean {
  return pid !== 0 && /\/worker-process\/job-process\.[jt]s\b/.test(commandOf(pid) ?? '');
}

function hasSome({ warning, critical }: Limits): boolean {
  return warning !== undefined || critical !== undefined;
}

function nameOf(pid: number): string {
  return pid === 0 ? 'A process that cannot be seen' : `${programOf(String(pid))} (process ${pid})`;
}
