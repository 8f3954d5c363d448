import { basename } from 'node:path';
import type Database from 'better-sqlite3';
import { readLive } from '../../../activities/database/sqlite/file/read-live.ts';
import { relationsOf } from '../../../activities/database/sqlite/look/relations.ts';
import { identifier } from '../../../activities/database/sqlite/file/identifier.ts';
import { sendHttp } from '../../../os/http/send-http.ts';
import { closedDatabases } from './closed-databases.ts';
import type { Found } from './found.ts';
import type { Learnt } from './target-yaml.ts';

const HEALTH_TIMEOUT = 3000;

/** Asks the application once, and its database for the table that has most rows: by the last row's number, which takes no time. */
export async function learntOf(found: Found, name: string): Promise<Learnt> {
  const isOpen = found.databases.length > 0;
  const databases = isOpen ? found.databases : closedDatabases(found.directory);
  const [database] = databases;
  const tables = database === undefined ? [] : largestFirst(database);
  return {
    name,
    databases,
    isOpen,
    tables,
    isStreamlit: await isStreamlit(found.ports[0]),
    ...(database !== undefined && { database }),
    ...(tables[0] !== undefined && { keyTable: tables[0] }),
  };
}

/** A target's name of a directory's: `/srv/My App` is `my-app`. */
export function nameFor(directory: string): string {
  const words = basename(directory)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return words.replace(/^[^a-z]+/, '').replace(/-$/, '') || 'app';
}

/** One that cannot be read has none to choose from. */
function largestFirst(file: string): string[] {
  try {
    return readLive(file, (db) =>
      relationsOf(db)
        .filter(({ type }) => type === 'table')
        .map(({ name }) => ({ name, rows: lastRow(db, name) }))
        .toSorted((one, other) => other.rows - one.rows)
        .map(({ name }) => name),
    );
  } catch {
    return [];
  }
}

function lastRow(db: Database.Database, table: string): number {
  try {
    const last = db
      .prepare(`select max(rowid) from ${identifier(table)}`)
      .pluck()
      .get();
    return Number(last ?? 0);
  } catch {
    return 0;
  }
}

/** By its own word: other servers answer any address with a page. */
async function isStreamlit(port: number | undefined): Promise<boolean> {
  if (port === undefined) return false;
  try {
    const signal = AbortSignal.timeout(HEALTH_TIMEOUT);
    const answer = await sendHttp(`http://127.0.0.1:${port}/_stcore/health`, { signal });
    return answer.ok && (await answer.text()).trim() === 'ok';
  } catch {
    return false;
  }
}
