import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateIdentity } from 'age-encryption';
import type Database from 'better-sqlite3';
import { describe, expect, vi } from 'vitest';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { stampOf } from '../../../src/config/time/stamp.ts';
import { backUp as backUpBy } from '../../activities/database/support/fixtures.ts';
import { withDatabase } from '../../support/live-database.ts';
import { test as base } from '../../support/run.ts';
import { takeBackup } from '../../support/take-backup.ts';
import { TIMEOUT } from '../../support/timeouts.ts';

const ROWS = 20_000;
/** After the genuine one, and not ahead of the clock. */
const FORGED = stampOf(new Date(Date.now() - 30_000));

const test = base.extend({
  backups: async ({ directory }, use) => {
    const key = join(directory, 'backup.key');
    writeFileSync(key, `${await generateIdentity()}\n`, { mode: 0o600 });
    await use({ encryption: { key: `file:${key}` } });
  },
});

describe('a forged backup of a target whose backups are encrypted', () => {
  test('is not what "latest" restores', async ({ world, runs }) => {
    const genuine = await prepare(world);

    const { ending } = await runs.run('database-recovery', { backup: 'latest' });

    expect(ending).toMatchObject({ outcome: 'done', output: { backup: genuine } });
    expect(rowsOf(world)).toBeGreaterThanOrEqual(ROWS);
    expect(ending.ledger[0]!.note).toContain('untrusted');
  });

  test('is restored by its name only after somebody has approved it', async ({ world, runs }) => {
    await prepare(world);

    const refused = await runs.run(
      'database-recovery',
      { backup: FORGED },
      { meanwhile: (run, client) => answer(client.workflow.getHandle(run), 'reject') },
    );
    const rows = rowsOf(world);
    const approved = await runs.run(
      'database-recovery',
      { backup: FORGED },
      { meanwhile: (run, client) => answer(client.workflow.getHandle(run), 'approve') },
    );

    expect(refused.ending).toMatchObject({ failure: { type: 'Rejected' } });
    expect(rows).toBeGreaterThanOrEqual(ROWS);
    // The control: it is a whole database, and a person may want it.
    expect(approved.ending).toMatchObject({
      outcome: 'done',
      output: { backup: FORGED, rows: { backup: 3, restored: 3 } },
    });
    // The application has written again.
    expect(rowsOf(world)).toBeLessThan(ROWS / 2);
  });
});

async function answer(
  handle: {
    query: (name: string) => Promise<unknown>;
    executeUpdate: (name: string, options: { args: [object] }) => Promise<unknown>;
  },
  what: 'approve' | 'reject',
): Promise<void> {
  await vi.waitFor(
    async () =>
      expect(await handle.query('explain')).toMatch(
        /^Waiting for approval.*untrusted: it is not encrypted, and nobody has signed it/s,
      ),
    TIMEOUT,
  );
  await handle.executeUpdate(what, { args: [{ step: 'stage', by: 'ops-1', reason: 'a test' }] });
}

/** A live database of many rows and its backup; beside that, a newer plain one of three rows that is true to its manifest. */
async function prepare(world: SqliteTarget): Promise<string> {
  const { keyTable } = world.database;
  const columns = 'region, value, note';
  const double = `insert into ${keyTable} (${columns}) select ${columns} from ${keyTable} limit ?`;
  change(world, (db) => {
    for (let rows = rowsOf(world); rows < ROWS; rows = rowsOf(world))
      db.prepare(double).run(ROWS - rows);
  });
  const genuine = await takeBackup(world);
  const workshop = join(world.directory, 'workshop');
  mkdirSync(workshop);
  const { encryption: _, ...plain } = world.backups;
  const database = { ...world.database, file: join(workshop, 'demo.db') };
  const forging = {
    ...world,
    state: workshop,
    database,
    backups: { ...plain, directory: workshop },
  };
  withDatabase(world, (db) => db.exec(`vacuum into '${database.file}'`));
  change(forging, (db) =>
    db.exec(`delete from ${keyTable} where rowid not in (select rowid from ${keyTable} limit 3)`),
  );
  await backUpBy(forging, { stamp: FORGED });
  rmSync(join(workshop, FORGED, 'manifest.json.sig'), { force: true });
  renameSync(join(workshop, FORGED), join(world.backups.directory, FORGED));
  return genuine;
}

function change(
  target: Pick<SqliteTarget, 'database'>,
  work: (db: Database.Database) => void,
): void {
  withDatabase(target, work, { readonly: false });
}

interface Count {
  readonly count: number;
}

function rowsOf(world: SqliteTarget): number {
  const { keyTable } = world.database;
  return withDatabase(
    world,
    (db) => (db.prepare(`select count(*) as count from ${keyTable}`).get() as Count).count,
  );
}
