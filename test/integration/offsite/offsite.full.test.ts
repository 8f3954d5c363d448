import { readdirSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { readOffsiteRecords } from '../../../src/activities/backups/offsite/offsite-records.ts';
import { figuresOf } from '../../../src/activities/health/figures-of.ts';
import { createSystems } from '../../../src/activities/index.ts';
import { fetchBackups } from '../../../src/activities/offsite/fetch/fetch-backups.ts';
import { backupLines } from '../../../src/cli/input/choose-backup.ts';
import { viewRun } from '../../../src/client/runs/view-run.ts';
import { recordsOf } from '../../../src/cli/local/status/records.ts';
import type { SqliteTarget, Target } from '../../../src/config/schema/target.ts';
import { SAMPLE_TABLE } from '../../../src/dev/demo/sample-database.ts';
import type { Ending } from '../../../src/engine/run/ending.ts';
import { type Around, type Runs, test as base } from '../../support/run.ts';
import {
  type BucketServer,
  hasVersitygw,
  NEEDS_VERSITYGW,
  startBucketServer,
} from '../../support/s3/bucket-server.ts';
import { offsiteBackups } from '../../activities/offsite/support/offsite-backups.ts';

const DAY = 86_400_000;

const test = base.extend<{ server: BucketServer; backups: Partial<Target['backups']> }>({
  server: async ({}, use) => {
    const server = await startBucketServer();
    await use(server);
    await server.stop();
  },
  backups: async ({ directory, server }, use) => {
    await use((await offsiteBackups(directory, { server })) as Partial<Target['backups']>);
  },
});

describe.skipIf(!hasVersitygw)(`backups off-site (${NEEDS_VERSITYGW})`, () => {
  test('bring a wiped host back: bucket, keys and the target are enough', async ({
    world,
    runs,
    systems,
  }) => {
    const { ending } = await runs.run('daily-backup');
    const { backup, rows } = ending.output as { backup: string; rows: number };
    expect(ending).toMatchObject({ outcome: 'done', notices: [] });
    expect((await sentBy(ending, runs)).ledger[0]!.note).toMatch(
      new RegExp(`^${backup}: \\d+ kB sent, s3://off-site/runbooks/${world.name}/$`),
    );
    await systems.runtime.stop();
    rmSync(world.directory, { recursive: true });

    const fetched = await fetchBackups(world, {
      onProgress: () => {},
      place: async (_, work) => work(),
    });
    const recovered = await runs.run('system-recovery', { backup }, { because: 'a new host' });

    expect(fetched).toMatchObject([{ id: backup, changed: true }]);
    expect(recovered.ending).toMatchObject({ outcome: 'done', left: [] });
    expect(countRows(world)).toBeGreaterThanOrEqual(rows);
    expect(recovered.ending.output).toMatchObject({ rows: { restored: rows } });
    expect(await createSystems(world, 'test').http.isReady()).toBe(true);
  });

  test('are shown where backups are listed, and their age is judged', async ({ world, runs }) => {
    const { ending } = await runs.run('daily-backup');
    await sentBy(ending, runs);
    const [record] = readOffsiteRecords(world);

    expect(backupLines(world)[0]).toMatch(/off-site, locked until 20\d\d-\d\d-\d\d$/);
    const figures = await figuresOf(world, { answers: 1 });
    expect(figures.find(({ name }) => name === 'backups.offsite')).toMatchObject({
      verdict: 'ok',
      note: expect.stringContaining(record!.id),
    });
    const verdicts = await Promise.all(
      [1, 3, 5].map(async (days) => {
        const { lines } = await recordsOf(world, Date.now() + days * DAY);
        return lines.find(({ subject }) => subject === 'off-site')?.verdict;
      }),
    );
    expect(verdicts).toEqual(['ok', 'warning', 'critical']);
  });

  test('that cannot be sent cost no backup here: it is sealed, and whoever sends says what is missing', async ({
    world,
    runs,
    server,
  }) => {
    server.kill();

    const { ending } = await runs.run('daily-backup');
    const failed = await sentBy(ending, runs, oneAttempt);

    expect(ending).toMatchObject({ outcome: 'done', notices: [] });
    expect(failed).toMatchObject({ outcome: 'failed', failure: { type: 'OffsiteUnreachable' } });
    expect(JSON.stringify(failed.notices)).toContain('Cannot reach');
    const { backup } = ending.output as { backup: string };
    expect(readdirSync(world.backups.directory)).toEqual([backup]);
    expect(readOffsiteRecords(world)).toEqual([]);

    await server.start();
    const next = await runs.run('daily-backup');
    expect((await sentBy(next.ending, runs)).ledger[0]!.note).toContain(backup);
    expect(readOffsiteRecords(world)).toHaveLength(2);
  });

  /** How the run ended that a backup has begun. */
  async function sentBy({ ledger }: Ending, runs: Runs, around?: Around): Promise<Ending> {
    const run = ledger.find(({ id }) => id === 'offsite')!.runs![0]!;
    const worker = await runs.serve(around);
    await runs.client.workflow
      .getHandle(run)
      .result()
      .catch(() => {});
    const { ending } = await viewRun(runs.client, run);
    await worker.stop();
    return ending!;
  }

  /** The policy's waits between attempts are for lines that are down for a minute. */
  async function oneAttempt(activity: string, work: () => Promise<unknown>): Promise<unknown> {
    if (activity !== 'offsite.send') return work();
    try {
      return await work();
    } catch (error) {
      const { permanent } = await import('../../../src/os/failure.ts');
      throw permanent('OffsiteUnreachable', (error as Error).message);
    }
  }

  function countRows(world: SqliteTarget): number {
    const db = new Database(world.database.file, { readonly: true, timeout: 30_000 });
    try {
      return db.prepare(`select count(*) from ${SAMPLE_TABLE}`).pluck().get() as number;
    } finally {
      db.close();
    }
  }
});
