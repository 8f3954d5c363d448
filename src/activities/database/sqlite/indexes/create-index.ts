import { countText } from '../../../../config/text/count-text.ts';
import { permanent } from '../../../../os/failure.ts';
import { liveFile } from '../../../../os/files/live-file.ts';
import type { CreatedIndex, IndexSpec } from '../../index-results.ts';
import type { Changed } from '../../driver.ts';
import { gently } from '../upkeep/gently.ts';
import { createText, indexNamed, indexText, isSameIndex } from './columns.ts';
import { inTime } from './prove-on.ts';
import { identifier } from '../file/identifier.ts';

/** Makes the index in the live database, whole or not at all. One that is there already stays. Errors: `IndexExists`, `DatabaseLocked`. */
export async function createIndex(file: string, index: IndexSpec): Promise<CreatedIndex> {
  return gently(liveFile(file), async ({ db, piece }) => {
    const { result: there } = await piece(() => indexNamed(db, index.name));
    if (there && !isSameIndex(there, index))
      throw permanent(
        'IndexExists',
        `Cannot make index ${indexText(index)}: another one has its name, of ${countText(there.columns.length, 'column')} of ${there.table}`,
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
    const { result: there } = await piece(() => indexNamed(db, index.name));
    if (!there || !isSameIndex(there, index)) return { changed: false };
    await piece(() => db.exec(`drop index if exists ${identifier(there.name)}`));
    return { changed: true };
  });
}
