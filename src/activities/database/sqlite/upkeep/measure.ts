import type Database from 'better-sqlite3';
import type { SqliteTarget } from '../../../../config/schema/target.ts';
import { asRatio } from '../../../../config/schema/values/quantities.ts';
import { permanent } from '../../../../os/failure.ts';
import { inMebibytes } from '../../../../os/files/disk-space.ts';
import { sizeOf } from '../../../../os/files/file-facts.ts';
import { liveFile } from '../../../../os/files/live-file.ts';
import type { Measurement } from '../../upkeep-results.ts';
import { needsRollback } from '../file/errors.ts';
import { journalModeOf } from '../file/journal-mode.ts';
import { expectReadable } from '../file/known-schema.ts';
import { readLive } from '../file/read-live.ts';

/** Measures a database of any size in milliseconds: SQLite keeps these numbers in its first page. */
export function measure({ file, maintenance }: SqliteTarget['database']): Measurement {
  const live = liveFile(file);
  const bytes = sizeOf(live);
  if (bytes === 0)
    throw permanent('DatabaseMissing', `Cannot measure "${live}": it is missing, or has 0 bytes`);
  const facts = factsOf(live);
  const logBytes = sizeOf(`${live}-wal`);
  const ratio = facts.freePages / Math.max(1, facts.pages);
  const log = facts.journalMode === 'wal' ? `, log ${inMebibytes(logBytes)}` : '';
  return {
    bytes,
    logBytes,
    ...facts,
    note: `${inMebibytes(bytes)}, ${percent(ratio)} of it free${log}`,
    wasteful: ratio > asRatio(maintenance.compactAbove),
  };
}

function factsOf(live: string) {
  try {
    return {
      ...readLive(live, (db) => {
        expectReadable(db);
        return {
          pageSize: numberOf(db, 'page_size'),
          pages: numberOf(db, 'page_count'),
          freePages: numberOf(db, 'freelist_count'),
          autoVacuum: (['none', 'full', 'incremental'] as const)[numberOf(db, 'auto_vacuum')]!,
        };
      }),
      journalMode: journalModeOf(live),
    };
  } catch (error) {
    if (!needsRollback(error)) throw error;
    throw permanent(
      'RollbackNeeded',
      `Cannot measure "${live}": an unfinished write lies beside it, which the application rolls back when it starts`,
    );
  }
}

export function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}

function numberOf(db: Database.Database, pragma: string): number {
  return db.pragma(pragma, { simple: true }) as number;
}
