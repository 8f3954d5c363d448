import Database from 'better-sqlite3';
import {
  countsOf,
  relationsOf,
  schemaOf,
} from '../../../../activities/database/sqlite/look/relations.ts';
import type { Target } from '../../../../config/schema/target.ts';
import { countText } from '../../../../config/text/count-text.ts';
import { plainLine, plainText } from '../../../../config/text/plain-text.ts';
import { columns } from '../../../../report/columns.ts';
import { expectDatabase, withLive } from '../../../local/rows/with-live.ts';
import { withSnapshot } from '../../../local/rows/with-snapshot.ts';
import { print, printJson, say } from '../../../output/say.ts';
import { sizeText } from '../../../../config/text/size-text.ts';
import type { DbOptions } from '../db.ts';
import { relationNamed } from './relation-named.ts';

/** Nobody reads a longer name in a column. */
const MOST = 200;

export async function showTables(target: Target, { json }: DbOptions): Promise<void> {
  const found = await withLive(target, relationsOf);
  if (json) return printJson(found);
  if (found.length === 0) return say('It has no tables');
  const rows = found.map(({ name, type, columns: names }) => [
    plainLine(name, MOST),
    type,
    names ? plainLine(names.join(', '), MOST) : 'needs something of its application',
  ]);
  print(columns(rows).join('\n'));
}

export async function showSchema(
  target: Target,
  table: string | undefined,
  { json }: DbOptions,
): Promise<void> {
  const parts = await withLive(target, (db) =>
    schemaOf(db, table === undefined ? undefined : relationNamed(relationsOf(db), table).name),
  );
  if (json) return printJson(parts);
  if (parts.length === 0) return say('It has no tables');
  for (const { sql } of parts) print(`${plainText(sql)};`);
}

export async function showCounts(target: Target, { json }: DbOptions): Promise<void> {
  expectDatabase(target);
  const counts = await withSnapshot(target, (snapshot) => {
    const db = new Database(snapshot, { readonly: true, fileMustExist: true });
    try {
      return countsOf(db);
    } finally {
      db.close();
    }
  });
  if (json) return printJson(counts);
  if (counts.length === 0) return say('It has no tables');
  const rows = counts.map(({ name, rows: count, bytes }) => [
    plainLine(name, MOST),
    countText(count, 'row'),
    bytes === undefined ? '' : sizeText(bytes),
  ]);
  print(columns(rows).join('\n'));
}
