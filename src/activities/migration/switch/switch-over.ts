import { lstatSync } from 'node:fs';
import type { Target } from '../../../config/schema/target.ts';
import type { SqliteDatabase } from '../../../config/schema/database.ts';
import type { Migration } from '../../../config/schema/moving/migration.ts';
import { secretOf } from '../../../config/secret-of.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { run as runCommand } from '../../../os/process/command.ts';
import { asApplication } from '../../../os/owner/as-application.ts';
import type { OwnedPlace } from '../../../os/owner/owner-of.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { readMigrated, writeMigrated } from '../../../state/migrated/migrated.ts';
import { sidecarsOf } from '../../../os/files/sqlite-sidecars.ts';
import { journalModeOf } from '../../database/sqlite/file/journal-mode.ts';
import { expectUnopened } from '../../database/sqlite/file/openers.ts';
import type { CopyRecord, ProofRecord } from '../records/records.ts';
import { printOf } from '../source/take-snapshot.ts';
import { lineFor, lineIn, setLine } from './environment-line.ts';
import { bury, isDatabase, keptName } from './tombstone.ts';

/** As long as an application may take to be told. */
const COMMAND_TIMEOUT = inMilliseconds('5m');

interface SwitchRequest {
  readonly target: Target;
  readonly database: SqliteDatabase;
  readonly migration: Migration;
  readonly run: string;
  readonly stamp: Stamp;
  readonly copy: CopyRecord;
  readonly proof: ProofRecord;
  /** Says in PostgreSQL that nothing is copied over it any more. */
  readonly claim: () => Promise<void>;
}

/**
 * Puts the SQLite database out of reach and tells the application of PostgreSQL. It is stopped. What was begun is on record first, so that whoever
 * comes later knows: from then on no runbook works on the database of SQLite. Answers whether something had to be done.
 */
export async function switchOver({
  target,
  database,
  migration,
  run,
  stamp,
  copy,
  proof,
  claim,
}: SwitchRequest): Promise<boolean> {
  const live = liveFile(database.file);
  const kept = keptName(live, stamp);
  const { file, variable, value } = migration.switch;
  const record = readMigrated(target);
  if (record && record.stamp !== stamp) throw permanent('Migrated', record.note);
  const isBuried = isThere(kept) && !isDatabase(live);
  if (!record) {
    expectUnopened(live);
    expectUnwritten(live, copy);
    writeMigrated(target, {
      version: 1,
      run,
      stamp,
      at: new Date().toISOString(),
      file: live,
      kept,
      mode: lstatSync(live).mode & 0o777,
      journalMode: journalModeOf(live),
      state: 'leaving',
      tables: proof.tables,
      ...(file !== undefined && { before: lineIn(file, variable!) }),
    });
  }
  // With the record there, whoever cleans up finds both.
  await claim();
  if (!isBuried) {
    expectUnopened(live);
    withHeld((held) => {
      const at = held(live);
      const beside = held.itself(kept);
      bury(
        at,
        beside,
        `This database has moved to PostgreSQL, by ${run}. What it was until then is "${kept}".\n`,
      );
    });
  }
  const isNew =
    file !== undefined &&
    setLine(file, variable!, lineFor(variable!, secretOf(value!, target.directory)));
  await tell(target, migration.switch.command, 'postgres');
  return !isBuried || isNew;
}

/** Runs what the target says, if it says so, with the rights of the application's owner. It may be run twice. */
export async function tell(
  place: OwnedPlace,
  command: readonly string[] | undefined,
  database: 'postgres' | 'sqlite',
): Promise<void> {
  if (!command) return;
  const { command: words, ids, environment } = asApplication(place, command);
  const [program, ...args] = words;
  await runCommand(program, args, {
    timeout: COMMAND_TIMEOUT,
    cwd: place.directory,
    environment: { ...environment, RUNBOOK_DATABASE: database },
    ids,
  });
}

/** What was copied and proven is what lies there. */
function expectUnwritten(live: string, { print }: CopyRecord): void {
  const sidecars = sidecarsOf(live);
  const now = printOf(live);
  const isSame =
    print?.inode === now.inode && print.size === now.size && print.modified === now.modified;
  if (isSame && sidecars.length === 0) return;
  throw permanent(
    'FileChanged',
    `"${live}" was written to since it was copied: find out by whom, and begin again`,
  );
}
