import { uptime } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Target } from '../../../config/schema/target.ts';
import { bootId } from '../../../os/process/boot-id.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';
import { ensureHostDirectory, hostDirectory } from '../../../state/host/host-directory.ts';
import { isThere } from '../../../os/files/file-facts.ts';

/** An address, or a network, that is kept out. Times are ISO 8601, UTC. */
export interface Block {
  readonly address: string;
  /** On whose behalf: the host is one, and several targets may have it blocked. */
  readonly target: string;
  readonly since: string;
  readonly until: string;
  readonly run: string;
  readonly reason: string;
}

/** With its end by a clock that nobody sets. */
interface Row extends Block {
  /** The start of the machine since which `ends` is counted. Missing: not known here. */
  readonly boot: string | null;
  /** In s since then. */
  readonly ends: number | null;
}

type Blocking = Pick<Target, 'name' | 'state' | 'security'>;

const FILE = 'blocks.db';
/** Another process of ours that writes. In ms. */
const TIMEOUT = 10_000;
const COLUMNS = 'address, target, since, until, run, reason, boot, ends';
/** A clock that goes wrong by no more was not set. In ms. */
const TOLERANCE = 5000;

/** Whether there is anything on record for a target, be it over: cheap enough to be asked every few seconds. */
export function hasBlocks(target: Blocking): boolean {
  const file = join(directoryOf(target), FILE);
  if (!isThere(file)) return false;
  const db = new Database(file, { readonly: true, timeout: TIMEOUT });
  try {
    return db.prepare('select 1 from block where target = ?').get(target.name) !== undefined;
  } catch (error) {
    // It is just being made.
    if (/no such table/.test((error as Error).message)) return false;
    throw error;
  } finally {
    db.close();
  }
}

/**
 * Who is blocked and until when: the kernel forgets at a restart, and when somebody else loads his rules. Of the kernel all targets of a
 * host have one record, in its directory; a proxy is the target's, and so is its record. Each change is there whole, or not at all.
 * Error: as `ensureHostDirectory`.
 */
export function withBlocks<Result>(target: Blocking, use: (blocks: Blocks) => Result): Result {
  if (isOfHost(target)) ensureHostDirectory();
  else ensurePrivate(directoryOf(target));
  const file = join(directoryOf(target), FILE);
  const db = new Database(file, { timeout: TIMEOUT });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.exec(`create table if not exists block (address text, target text, since text, until text, run text, reason text,
      boot text, ends real, primary key (address, target)) without rowid`);
    return db.transaction(() => use(blocksIn(db))).immediate();
  } finally {
    db.close();
  }
}

type Blocks = ReturnType<typeof blocksIn>;

function directoryOf(target: Blocking): string {
  return isOfHost(target) ? hostDirectory() : join(target.state, 'security');
}

function isOfHost({ security }: Blocking): boolean {
  return security.block.kind === 'nft';
}

function blocksIn(db: Database.Database) {
  return {
    /** Those that are not over, of one target or of all. */
    live(now: string, target?: string): Block[] {
      return all(now).filter(
        (row) => row.until > now && (target === undefined || row.target === target),
      );
    },

    /** One that its run has put there already stays as it is; one of another run is kept for the longer of the two times. */
    put(block: Block): Block {
      const now = new Date().toISOString();
      const known = all(now).find(
        ({ address, target }) => address === block.address && target === block.target,
      );
      if (known && (known.run === block.run || known.until >= block.until)) return known;
      const ends = uptime() + (Date.parse(block.until) - Date.parse(now)) / 1000;
      db.prepare(`insert or replace into block (${COLUMNS}) values
        (@address, @target, @since, @until, @run, @reason, @boot, @ends)`).run({
        ...block,
        boot: bootId() ?? null,
        ends,
      });
      return block;
    },

    /** Answers whether there was one. */
    remove,

    /** Forgets those of a target that are over, and answers whether there were any. */
    forget(now: string, target: string): boolean {
      const over = all(now).filter((row) => row.target === target && row.until <= now);
      for (const { address } of over) remove(address, target);
      return over.length > 0;
    },
  };

  function all(now: string): Block[] {
    const rows = db.prepare(`select ${COLUMNS} from block`).all() as Row[];
    return rows
      .map((row) => asOf(row, now))
      .toSorted(
        (one, other) =>
          one.until.localeCompare(other.until) || one.address.localeCompare(other.address),
      );
  }

  function remove(address: string, target: string): boolean {
    const { changes } = db
      .prepare('delete from block where address = ? and target = ?')
      .run(address, target);
    return changes > 0;
  }
}

/** A machine's clock may be set meanwhile: since its start the kernel counts on, and so do its own blocks. Then `until` is as the clock goes now. */
function asOf({ boot, ends, ...block }: Row, now: string): Block {
  if (boot === null || ends === null || boot !== bootId()) return block;
  const [byKernel, byClock] = [(ends - uptime()) * 1000, Date.parse(block.until) - Date.parse(now)];
  if (Math.abs(byKernel - byClock) <= TOLERANCE) return block;
  return { ...block, until: new Date(Date.parse(now) + byKernel).toISOString() };
}
