import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Target } from '../../../config/schema/target.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';
import { ensureHostDirectory, hostDirectory } from '../../../state/host/host-directory.ts';
import { isThere } from '../../../os/files/file-facts.ts';

/** An address that is kept out. Times are ISO 8601, UTC. */
export interface Block {
  readonly address: string;
  /** On whose behalf: the host is one, and several targets may have it blocked. */
  readonly target: string;
  readonly since: string;
  readonly until: string;
  readonly run: string;
  readonly reason: string;
}

type Blocking = Pick<Target, 'name' | 'state' | 'security'>;

const FILE = 'blocks.db';
/** Another process of ours that writes. In ms. */
const TIMEOUT = 10_000;
const COLUMNS = 'address, target, since, until, run, reason';

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
      primary key (address, target)) without rowid`);
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
      const rows = db
        .prepare(`select ${COLUMNS} from block where until > ? order by until, address`)
        .all(now) as Block[];
      return rows.filter((row) => target === undefined || row.target === target);
    },

    /** One that its run has put there already stays as it is; one of another run is kept for the longer of the two times. */
    put(block: Block): Block {
      const known = db
        .prepare(`select ${COLUMNS} from block where address = ? and target = ?`)
        .get(block.address, block.target) as Block | undefined;
      if (known && (known.run === block.run || known.until >= block.until)) return known;
      db.prepare(`insert or replace into block (${COLUMNS}) values
        (@address, @target, @since, @until, @run, @reason)`).run(block);
      return block;
    },

    /** Answers whether there was one. */
    remove(address: string, target: string): boolean {
      const { changes } = db
        .prepare('delete from block where address = ? and target = ?')
        .run(address, target);
      return changes > 0;
    },

    /** Forgets those of a target that are over, and answers whether there were any. */
    forget(now: string, target: string): boolean {
      const { changes } = db
        .prepare('delete from block where until <= ? and target = ?')
        .run(now, target);
      return changes > 0;
    },
  };
}
