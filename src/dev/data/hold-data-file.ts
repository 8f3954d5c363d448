import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { UsageError } from '../../config/usage-error.ts';
import { expectOurs, noSpace } from './expect-ours.ts';
import type { DataPast } from './expect-servable.ts';

export interface Hold {
  /** Says which server works on the file, so that the next holder can wait until it has ended. */
  serve(pid: number): void;
  /** Before it was held. */
  readonly past: DataPast;
  /** Says that the server keeps runs in it. */
  served(): void;
  /** Says that it begins without runs, on purpose, or was put there from a copy: the next start misses nothing. */
  beginAnew(): void;
  release(): void;
}

/**
 * Makes this process the only one that serves a data file: two servers on one file destroy it.
 * The operating system drops the lock with the process, however it dies. Its server may live a moment longer.
 */
export async function holdDataFile(file: string): Promise<Hold> {
  expectOurs(file);
  const lock = lockOf(file);
  let now: Holder;
  const write = (more: Partial<Holder>) => writeHolder(file, (now = { ...now, ...more }));
  let past: DataPast;
  try {
    const before = readHolder(file);
    if (before?.server) await expectEnded(before.server, file);
    // Earlier versions wrote down the server only.
    past = { served: before?.served ?? before?.server !== undefined, anew: before?.anew ?? false };
    now = { pid: process.pid, ...past };
    write({});
  } catch (error) {
    lock.close();
    throw error;
  }
  return {
    past,
    serve: (pid) => write({ server: pid }),
    served: () => write({ served: true, anew: false }),
    beginAnew: () => write({ anew: true }),
    release: () => void lock.close(),
  };
}

interface Holder extends Partial<DataPast> {
  readonly pid: number;
  readonly server?: number;
}

function lockOf(file: string): Database.Database {
  const lock = new Database(`${file}.lock`, { timeout: 0 });
  try {
    return lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    const { code } = error as { code?: string };
    if (code === 'SQLITE_FULL') throw noSpace(dirname(file));
    if (code !== 'SQLITE_BUSY') throw error;
    const pid = readHolder(file)?.pid ?? 'unknown';
    throw new UsageError(
      `Cannot serve "${file}": process ${pid} serves it already`,
      `use that server (TEMPORAL_ADDRESS), or end it: kill ${pid}`,
    );
  }
}

/** Longer than a lifeline takes to end what it holds. */
const TIMEOUT = 20_000;

async function expectEnded(pid: number, file: string): Promise<void> {
  const deadline = Date.now() + TIMEOUT;
  while (serves(pid, file)) {
    if (Date.now() > deadline)
      throw new UsageError(`Process ${pid} still serves "${file}"`, `kill ${pid}`);
    await sleep(50);
  }
}

/** Where there is no /proc, a living process of that number is taken for the server. */
function serves(pid: number, file: string): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(file);
  } catch {
    return process.platform !== 'linux';
  }
}

/** Beside the lock, because nothing can be read from a locked file. */
function holderFile(file: string): string {
  return `${file}.holder.json`;
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(holderFile(file), 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function writeHolder(file: string, holder: Holder): void {
  try {
    writeFileSync(holderFile(file), JSON.stringify(holder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw noSpace(dirname(file));
    throw error;
  }
}
