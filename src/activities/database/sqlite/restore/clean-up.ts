import { ApplicationFailure } from '@temporalio/common';
import type { SqliteTarget } from '../../../../config/schema/target.ts';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { isThere } from '../../../../os/files/file-facts.ts';
import type { CleanedUp } from '../../driver.ts';
import { databaseNames } from '../file/database-files.ts';
import { unkeep } from './keep.ts';
import { unstage } from './stage.ts';

/**
 * Puts right what a run left incomplete that can undo nothing any more. What it had swapped in stays.
 *
 * The staged copy goes last: until then it shows that there was no swap.
 */
export function cleanUp(database: SqliteTarget['database'], stamp: Stamp): CleanedUp {
  const kept = unkeepUnlessOpen(database.file, stamp);
  const staged = unstage(database, stamp);
  const { kept: file } = databaseNames(database.file, stamp);
  return { changed: kept || staged.changed, ...(isThere(file) && { kept: file }) };
}

/** Somebody has opened the main file since: its old sidecars would only harm what was written to it. */
function unkeepUnlessOpen(file: string, stamp: Stamp): boolean {
  try {
    return unkeep(file, stamp).changed;
  } catch (error) {
    if (error instanceof ApplicationFailure && error.type === 'DatabaseInUse') return false;
    throw error;
  }
}
