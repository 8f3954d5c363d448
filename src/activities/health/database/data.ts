import { lstatSync, type Stats } from 'node:fs';
import type Database from 'better-sqlite3';
import type { SqliteDatabase } from '../../../config/schema/database.ts';
import { countText } from '../../../config/text/count-text.ts';
import type { Figure } from '../../../figures/figure.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { readMigrated } from '../../../state/migrated/migrated.ts';
import { sidecarsOf } from '../../../os/files/sqlite-sidecars.ts';
import { isLocked } from '../../database/sqlite/file/errors.ts';
import { readLive } from '../../database/sqlite/file/read-live.ts';
import { limitsOf } from '../judging/judged.ts';
import { measured, type Sampling, unknown } from '../sampling.ts';
import { identifier } from '../../database/sqlite/file/identifier.ts';

/** So many rows are counted, in about 10 ms. Of a larger table the highest rowid tells about how many there are. */
const COUNTED = 100_000;
/** A sample waits this long for a lock, in ms: all its other sources wait meanwhile. */
const PATIENCE = 500;
/** The best of some: what else the machine does is no part of the query. */
const TRIES = 3;
/** No further try after so long, in seconds: nothing else is measured meanwhile. */
const ENOUGH = 1;
/** Of the values of a row, those above so many bytes are left in the file: rows of 10 MB would fill this machine's memory. */
const MAX_VALUE = 4096;

export interface DataFacts {
  readonly rows: number;
  /** It has at least as many. */
  readonly more: boolean;
  readonly querySeconds: number;
  readonly pageSize: number;
  readonly pages: number;
  readonly freePages: number;
}

/** `data.rows` and `data.query`: the key table is read in the live file, as the application sees it. */
export function data(
  sampling: Sampling,
  { file, keyTable }: SqliteDatabase,
  read: DataFacts | Error,
): readonly Figure[] {
  const { target, slowness } = sampling;
  const source = `"${keyTable}" of ${file}`;
  const limit = 'critical without rows';
  if (read instanceof Error) {
    // Who has it is a finding of its own.
    const left = readMigrated(target)?.note;
    const why = left ?? (isLocked(read) ? read.message : whyNotYet(file, read));
    if (why !== undefined)
      return [
        unknown(sampling, 'data.rows', 'count', source, `Not read: ${why}`),
        unknown(sampling, 'data.query', 'seconds', source, `Not read: ${why}`),
      ];
    return [
      measured(
        sampling,
        'data.rows',
        { value: 0, unit: 'count', source, note: whyUnreadable(file, read) },
        { verdict: 'critical', limit },
      ),
      unknown(sampling, 'data.query', 'seconds', source, 'The data cannot be read'),
    ];
  }
  const { rows, more, querySeconds } = read;
  const query = measured(
    sampling,
    'data.query',
    {
      value: querySeconds,
      unit: 'seconds',
      source,
      note: `${(querySeconds * 1000).toFixed(1)} ms to read the newest rows`,
    },
    limitsOf(target, 'queryTime'),
  );
  const slow = query.verdict !== 'ok' && slowness !== undefined;
  return [
    measured(
      sampling,
      'data.rows',
      {
        value: rows,
        unit: 'count',
        source,
        note: rows === 0 ? 'There are no rows' : `${more ? 'About ' : ''}${countText(rows, 'row')}`,
      },
      { verdict: rows === 0 ? 'critical' : 'ok', limit },
    ),
    slow
      ? unknown(sampling, 'data.query', 'seconds', source, `${query.note}, and ${slowness}`)
      : query,
  ];
}

/** Opens the live file once for all that is read of it: each opening costs more than what is read. */
export function readData({ file, keyTable }: SqliteDatabase): DataFacts | Error {
  try {
    const live = liveFile(file);
    const facts = lstatSync(live);
    if (!facts.isFile() || facts.size === 0)
      return new Error(whyUnreadable(file, undefined, facts));
    return readLive(live, (db) => {
      db.pragma(`busy_timeout = ${PATIENCE}`);
      const number = (pragma: string) => db.pragma(pragma, { simple: true }) as number;
      return {
        ...rowsOf(db, keyTable),
        querySeconds: secondsToRead(db, keyTable),
        pageSize: number('page_size'),
        pages: number('page_count'),
        freePages: number('freelist_count'),
      };
    });
  } catch (error) {
    return error as Error;
  }
}

function rowsOf(db: Database.Database, table: string): Pick<DataFacts, 'rows' | 'more'> {
  const name = identifier(table);
  const counted = db
    .prepare(`select count(*) from (select 1 from ${name} limit ${COUNTED})`)
    .pluck()
    .get() as number;
  if (counted < COUNTED) return { rows: counted, more: false };
  try {
    const highest = db.prepare(`select max(rowid) from ${name}`).pluck().get();
    return { rows: Math.max(counted, Number(highest)), more: true };
  } catch {
    // A table without rowid, or a view.
    return { rows: counted, more: true };
  }
}

function secondsToRead(db: Database.Database, table: string): number {
  const query = newestOf(db, table);
  const begun = performance.now();
  const since = (from: number) => (performance.now() - from) / 1000;
  let best = Infinity;
  for (let tries = 0; tries < TRIES && since(begun) < ENOUGH; tries += 1) {
    const from = performance.now();
    query.all();
    best = Math.min(best, since(from));
  }
  return best;
}

function newestOf(db: Database.Database, table: string): Database.Statement {
  const columns = db.pragma(`table_info(${identifier(table)})`) as { readonly name: string }[];
  const values = columns.map(({ name }) => identifier(name)).map(small);
  const select = `select ${values.join(', ') || '*'} from ${identifier(table)}`;
  try {
    return db.prepare(`${select} order by rowid desc limit 100`);
  } catch {
    return db.prepare(`${select} limit 100`);
  }
}

/** SQLite knows how long a value is without reading it. */
function small(column: string): string {
  return `case when octet_length(${column}) <= ${MAX_VALUE} then ${column} end`;
}

/** A process that ended within a transaction leaves its journal: whoever may write takes that back first, and we do not. */
function whyNotYet(file: string, error: Error): string | undefined {
  const { code = '' } = error as { code?: string };
  const left = code.startsWith('SQLITE_READONLY') && sidecarsOf(liveFile(file)).length > 0;
  return left
    ? 'A transaction was broken off, and is taken back by whoever opens the database next to write'
    : undefined;
}

/** One sentence for each way in which a file is no database. */
function whyUnreadable(file: string, error?: Error, seen?: Stats): string {
  const facts = seen ?? lstatSync(file, { throwIfNoEntry: false });
  if (!facts) return 'The database file is missing';
  if (facts.isDirectory()) return 'A directory lies in the place of the database file';
  if (!facts.isFile() && !facts.isSymbolicLink()) return 'What lies there is no file';
  if (facts.size === 0) return 'The database file has 0 bytes';
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  if (code === 'SQLITE_NOTADB') return 'The database file is no database';
  return `The data cannot be read: ${message ?? 'no reason is known'}`;
}
