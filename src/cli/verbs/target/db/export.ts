import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { csvOf } from '../../../../activities/database/sqlite/look/csv.ts';
import { relationsOf } from '../../../../activities/database/sqlite/look/relations.ts';
import type { Target } from '../../../../config/schema/target.ts';
import { countText } from '../../../../config/text/count-text.ts';
import { UsageError } from '../../../../config/usage-error.ts';
import { writeRows } from '../../../local/rows/write-rows.ts';
import { withLive } from '../../../local/rows/with-live.ts';
import { withSnapshot } from '../../../local/rows/with-snapshot.ts';
import { print, printJson, say } from '../../../output/say.ts';
import { sizeText } from '../../../../config/text/size-text.ts';
import type { DbOptions } from '../db.ts';
import { relationNamed } from './relation-named.ts';

/** Writes a table or view as CSV, as of one moment, a row at a time. */
export async function exportTable(
  target: Target,
  table: string,
  { output, json }: DbOptions,
): Promise<void> {
  const file = resolve(output!);
  // Before the copy, which may take minutes.
  await withLive(target, (db) => relationNamed(relationsOf(db), table));
  try {
    const written = await withSnapshot(target, (snapshot) => {
      const db = new Database(snapshot, { readonly: true, fileMustExist: true });
      try {
        const relation = relationNamed(relationsOf(db), table);
        if (!relation.columns)
          throw new UsageError(`"${table}" needs something of its application`);
        return { table: relation.name, ...writeRows(file, csvOf(db, relation)) };
      } finally {
        db.close();
      }
    });
    if (json) return printJson({ file, ...written });
    print(file);
    say(`${sizeText(written.bytes)}, ${countText(written.rows, 'row')}`);
  } catch (error) {
    const { message, type } = error as Error & { type?: string };
    if (type === 'InvalidInput') throw new UsageError(message, '--output <another file>');
    throw error;
  }
}
