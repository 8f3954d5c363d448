import { join } from 'node:path';
import type { SqliteTarget } from '../../../../config/schema/target.ts';
import { inMilliseconds } from '../../../../config/time/duration.ts';
import { permanent } from '../../../../os/failure.ts';
import { expectSpaceFor } from '../../../../os/files/disk-space.ts';
import { sizeOf } from '../../../../os/files/file-facts.ts';
import { liveFile } from '../../../../os/files/live-file.ts';
import { withScratchFor } from '../../../../os/files/scratch.ts';
import type { IndexAdvice, SlowStatement, TimedStatement } from '../../index-results.ts';
import { adviceText } from '../../proof-text.ts';
import { copyLive, expectContent } from '../copy-live.ts';
import type { Candidate } from './candidates.ts';
import { askExpert } from './expert.ts';
import { proveApart } from './prove-apart.ts';
import type { Proven, Proving } from './prove-on.ts';
import { ensurePrivate } from '../../../../os/files/ensure-private.ts';

/** For one statement. One that takes longer is left out, and all is tried without it. */
const TIMEOUT = inMilliseconds('90s');

/**
 * Finds the index that helps the slow statements most, and proves it on a copy: the live database is only read, as a backup
 * reads it. The copy has its pages in the same places, so that the times are those of the live one. Errors: `NoSpace`, `DatabaseLocked`,
 * `CannotCheck`.
 */
export async function adviseIndex(
  { database, state }: SqliteTarget,
  statements: readonly SlowStatement[],
  within = TIMEOUT,
): Promise<IndexAdvice> {
  expectContent(database.file);
  ensurePrivate(state);
  // The copy, and as much again for an index that holds every column.
  expectSpaceFor(2 * sizeOf(liveFile(database.file)), state);
  return withScratchFor(join(state, 'index-proof'), async (directory) => {
    const original = join(directory, 'original.db');
    await copyLive(database.file, original);
    const texts = statements.map(({ sql }) => sql);
    const expert = await askExpert(original, texts);
    const named: Candidate[] = [
      ...database.indexes.map((index) => ({ index, from: 'target' as const })),
      ...expert.indexes.map((index) => ({ index, from: 'sqlite3' as const })),
    ];
    const proven = await provenWithin({ file: original, statements: texts, named }, within);
    const notes = [...proven.notes, ...(expert.note === undefined ? [] : [expert.note])];
    return { ...proven, notes, note: adviceText(proven) };
  });
}

/** Without the statement that does not end, as often as there is one. */
async function provenWithin({ file, statements, named }: Proving, within: number): Promise<Proven> {
  const hanging: TimedStatement[] = [];
  for (let rest = statements; ;) {
    const { proven, failed, began, exhausted } = await proveApart(
      { file, statements: rest, named },
      within,
    );
    if (proven) return { ...proven, statements: [...proven.statements, ...hanging] };
    if (failed !== undefined || began === undefined)
      throw permanent(
        'CannotCheck',
        `Cannot prove an index: ${failed ?? 'the copy cannot be read in time'}`,
      );
    const refused = exhausted
      ? 'It needs more memory than statements of a log are given'
      : `It did not end within ${within / 1000} s, or ended what ran it`;
    hanging.push({ sql: began, refused });
    rest = rest.filter((sql) => sql !== began);
  }
}
