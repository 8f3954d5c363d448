import type Database from 'better-sqlite3';
import { countText } from '../../../../config/text/count-text.ts';
import { permanent } from '../../../../os/failure.ts';
import { liveFile } from '../../../../os/files/live-file.ts';
import type { CreatedIndex, IndexSpec } from '../../index-results.ts';
import type { Changed } from '../../driver.ts';
import { inTime } from '../../proof-text.ts';
import { gently } from '../upkeep/gently.ts';
import { createText, indexNamed, indexText, isSameIndex, serves } from './columns.ts';
import { identifier } from '../file/identifier.ts';
import { readLive } from '../file/read-live.ts';

/** Whether there is an index of that name, whatever it is made of. */
export function hasIndex(file: string, { name }: IndexSpec): boolean {
  return readLive(liveFile(file), (db) => indexNamed(db, name) !== undefined);
}

/** Makes the index in the live database, whole or not at all. One that is there already stays. Errors: `IndexExists`, `DatabaseLocked`. */
export async function createIndex(file: string, index: IndexSpec): Promise<CreatedIndex> {
  return gently(liveFile(file), async ({ db, piece }) => {
    const { result: there } = await piece(() => foundIn(db, index));
    if (there && !there.isSame)
      throw permanent(
        'IndexExists',
        `Cannot make index ${indexText(index)}: another one has its name, of ${countText(there.columns.length, 'column')} of ${there.table}, or with a rule of its own`,
      );
    if (there)
      return { changed: false, milliseconds: 0, note: `Index ${indexText(index)} is there` };
    const { milliseconds } = await piece(() => db.exec(createText(index)));
    const note = `Index ${indexText(index)}, made in ${inTime(milliseconds)}`;
    return { changed: true, milliseconds: Math.ceil(milliseconds), note };
  });
}

/** Takes the index away, unless another one has its name. */
export async function dropIndex(file: string, index: IndexSpec): Promise<Changed> {
  return gently(liveFile(file), async ({ db, piece }) => {
    const { result: there } = await piece(() => foundIn(db, index));
    if (!there?.isSame) return { changed: false };
    await piece(() => db.exec(`drop index if exists ${identifier(there.name)}`));
    return { changed: true };
  });
}

/** What has its name. It is another one, too, when it is of some rows only, or has another collation. */
function foundIn(db: Database.Database, index: IndexSpec) {
  const there = indexNamed(db, index.name);
  return there && { ...there, isSame: isSameIndex(there, index) && serves(db, there.name, index) };
}
