import type { Target } from '../../config/schema/target.ts';
import { permanent } from '../../os/failure.ts';
import { sizeOf } from '../../os/files/file-facts.ts';
import { liveFile } from '../../os/files/live-file.ts';
import { readMigrated } from '../../state/migrated/migrated.ts';
import { expectServerSpace } from '../database/postgres/server/server-disk.ts';
import { expectOwn } from './copy/marks.ts';
import { sqliteOf } from './phases/workspace.ts';
import { readPlan } from './plan/plan-file.ts';
import { resolve } from './plan/resolve.ts';
import { readRecord } from './records/records.ts';
import { expectTried } from './tried.ts';
import { connectionTo, expectAlone, withPostgres } from './with-postgres.ts';

/** How much larger tables get there at most, as a rule: 24 bytes and more for each row, and keys as indexes of their own. */
const GROWTH = 2;

/** `rehearse`: while the application runs. `cut-over`: for good. `go-back`: to SQLite again. */
export type Phase = 'rehearse' | 'cut-over' | 'go-back';

export interface Checked {
  /** What the application will wait for, in ms, as the rehearsal measured it: without its own stop and start. */
  readonly promisedMilliseconds?: number;
  readonly note: string;
}

/** Demands what a phase needs. Errors: `Migrated`, `Refused`, `Untried`, `PlanUnanswered`, `DatabaseNotEmpty`, those of a connection. */
export async function checkMigration(target: Target, phase: Phase): Promise<Checked> {
  const migrated = readMigrated(target);
  if (phase === 'go-back') {
    if (!migrated)
      throw permanent(
        'Refused',
        'Its application does not work on PostgreSQL: there is nothing to go back from',
      );
    return withPostgres(target, async ({ text }) => ({
      note: `${text} is reached. ${migrated.note}`,
    }));
  }
  if (migrated) throw permanent('Migrated', migrated.note);
  const reached = await withPostgres(target, async ({ client, text }) => {
    await expectOwn(client);
    // Before anybody waits for it: everything there is copied over.
    if (phase === 'cut-over') await expectAlone({ client, text });
    // What a rehearsal has made goes before the cut-over makes it anew.
    if (phase !== 'rehearse') return `${text} is reached`;
    const bytes = GROWTH * sizeOf(liveFile(sqliteOf(target).file));
    const { note } = await expectServerSpace(client, connectionTo(target), bytes);
    return `${text} is reached. ${note}`;
  });
  if (phase === 'rehearse') return { note: reached };
  const rehearsal = readRecord(target, 'rehearsal');
  const read = readPlan(target);
  if (!rehearsal || !read)
    throw permanent('Refused', 'Nothing was rehearsed yet: start it with --phase rehearse');
  resolve(read.plan);
  if (rehearsal.plan !== read.sha256)
    throw permanent('Refused', 'The plan was changed since it was rehearsed: rehearse again');
  const { note } = expectTried(target);
  const seconds = (rehearsal.milliseconds / 1000).toFixed(1);
  return {
    promisedMilliseconds: rehearsal.milliseconds,
    note: `${reached}. ${note}. The rehearsal of ${rehearsal.stamp} took ${seconds} s for what the application waits for`,
  };
}
