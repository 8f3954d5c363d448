import type { Target } from '../../config/schema/target.ts';
import { passing, permanent } from '../../os/failure.ts';
import { countOf } from '../database/sqlite/file/content.ts';
import { isLocked } from '../database/sqlite/file/errors.ts';
import { openInPlace } from '../database/sqlite/file/in-place.ts';

export interface KeyTableReading {
  readonly rows: number;
  readonly milliseconds: number;
}

/** Counts the key table of the live database, as the running application sees it. */
export function readKeyTable({ file, keyTable }: Target['database']): KeyTableReading {
  const begun = performance.now();
  try {
    const { db, close } = openInPlace(file);
    try {
      const rows = countOf(db, keyTable);
      return { rows, milliseconds: Math.round(performance.now() - begun) };
    } finally {
      close();
    }
  } catch (error) {
    const text = `Cannot read table "${keyTable}" of "${file}": ${(error as Error).message}`;
    if (isLocked(error)) throw passing('DatabaseLocked', text);
    throw permanent('DatabaseUnreadable', text);
  }
}
