import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { damageDatabase } from '../../../src/dev/demo/sample-database.ts';
import { broken } from '../../support/broken.ts';
import {
  BACKED_UP,
  backUpAll,
  DATA,
  FILES,
  furnish,
  furniture,
  SPOILT,
} from '../../support/furnished.ts';
import { addMark, readMarks } from '../../support/marks.ts';
import { leftovers, states } from '../../support/recovery.ts';
import { test as base } from '../../support/run.ts';

const test = base.extend<{ backups: Partial<SqliteTarget['backups']> }>({
  backups: async ({}, use) => use({ daily: { files: FILES, keep: '30d' }, weekly: DATA }),
});

describe('system-recovery of every sort', () => {
  test('restores secrets, too, when told, and leaves data alone that nobody asked for', async ({
    world,
    runs,
  }) => {
    await backUpAll(world, runs);
    furnish(world, SPOILT);

    const { ending } = await runs.run('system-recovery', { secrets: 'restore' });

    expect(ending.outcome).toBe('done');
    expect(furniture(world, ['.env', 'app.conf'])).toEqual({
      '.env': BACKED_UP['.env'],
      'app.conf': BACKED_UP['app.conf'],
    });
    expect(furniture(world, ['data/north.csv'])).toEqual({ 'data/north.csv': 'torn' });
  });

  test('lets the database alone be down for itself when no file differs', async ({
    world,
    runs,
  }) => {
    await backUpAll(world, runs);
    addMark(world, 'since the backup');

    const { ending } = await runs.run('system-recovery', { data: true });

    expect(states(ending)).toBe(
      ['done done done done omitted done omitted omitted', ...Array(9).fill('done')].join(' '),
    );
    const { rollbackPoint } = ending.output as { rollbackPoint: string };
    const { ending: back } = await runs.run('database-recovery', { backup: rollbackPoint });
    expect([readMarks(world), back.outcome]).toEqual([['since the backup'], 'done']);
  });

  for (const withFiles of [true, false])
    test(`brings the old database back after a check of health that fails, ${withFiles ? 'with' : 'without'} files`, async ({
      world,
      systems,
      runs,
    }) => {
      await backUpAll(world, runs);
      addMark(world, 'since the backup');
      const changed = { ...BACKED_UP, '.env': SPOILT['.env'], 'app.conf': 'workers = 8\n' };
      if (withFiles) furnish(world, changed);
      const seen: unknown[] = [];

      const { ending } = await runs.run(
        'system-recovery',
        {},
        {
          around: async (activity, work) => {
            if (activity !== 'redis.ping') return work();
            seen.push(readMarks(world), furniture(world, ['app.conf']));
            addMark(world, 'written to the restored one');
            throw broken('The cache does not answer');
          },
        },
      );

      // It was restored in full before.
      expect(seen).toEqual([[], { 'app.conf': BACKED_UP['app.conf'] }]);
      expect(ending).toMatchObject({ outcome: 'undone', left: [] });
      expect(ending.failure?.message).toBe('The cache does not answer');
      expect(readMarks(world)).toEqual(['since the backup']);
      if (withFiles) expect(furniture(world)).toEqual(changed);
      expect(leftovers(world)).toEqual([]);
      expect(globSync('files-*', { cwd: world.state })).toEqual([]);
      await systems.http.expectReady();
      // What was written to the restored database is kept.
      const [undone] = globSync(`${world.database.file}.undone-*`);
      expect(readMarks({ ...world, database: { ...world.database, file: undone! } })).toEqual([
        'written to the restored one',
      ]);
    });

  test('leaves the restored database when the one before was damaged, and the application runs', async ({
    world,
    systems,
    runs,
  }) => {
    await backUpAll(world, runs);
    furnish(world, { 'app.conf': 'workers = 8\n' });
    damageDatabase(world.database.file, 30);

    const { ending } = await runs.run(
      'system-recovery',
      {},
      {
        around: async (activity, work) => {
          if (activity === 'redis.ping') throw broken('The cache does not answer');
          return work();
        },
      },
    );

    expect(ending.outcome).toBe('failed');
    expect(ending.left).toEqual([
      expect.stringMatching(
        /^The restored database stays, because the one before was damaged \(Damaged.*\)\. It is kept as ".*\.pre-\d/,
      ),
    ]);
    expect(furniture(world, ['app.conf'])).toEqual({ 'app.conf': 'workers = 8\n' });
    await systems.http.expectReady();
  });

  test('never stops the application for a backup that is damaged', async ({ world, runs }) => {
    const backup = await backUpAll(world, runs);
    furnish(world, SPOILT);
    const copy = join(world.backups.directory, backup, 'demo.db.zst');
    const bytes = readFileSync(copy);
    writeFileSync(copy, bytes.fill(0, 1000, 1100));
    const calls: string[] = [];

    const { ending } = await runs.run(
      'system-recovery',
      { backup },
      {
        around: async (activity, work) => {
          calls.push(activity);
          return work();
        },
      },
    );

    expect(ending).toMatchObject({ outcome: 'undone', failure: { type: 'BackupDamaged' } });
    expect(calls).not.toContain('runtime.stop');
    expect(furniture(world, ['.env'])).toEqual({ '.env': SPOILT['.env'] });
  });

  test('names the older backup that has the configuration, when the chosen one has none', async ({
    world,
    runs,
  }) => {
    const older = await backUpAll(world, runs);
    const { daily } = world.backups;
    world.backups = { ...world.backups, daily: { ...daily, files: [] } };
    const { ending: newer } = await runs.run('daily-backup');
    world.backups = { ...world.backups, daily };
    furnish(world, { 'app.conf': undefined });

    const { ending } = await runs.run('system-recovery');

    const { backup } = newer.output as { backup: string };
    expect(ending.outcome).toBe('done');
    expect(ending.ledger[0]?.note).toContain(
      `Backup "${backup}" has no configuration: that of "${older}" is taken`,
    );
    expect(ending.output).toMatchObject({ backup, files: [`configuration of ${older}`] });
    expect(existsSync(join(world.directory, 'app.conf'))).toBe(true);
  });

  test('refuses what it cannot do before it touches anything', async ({ world, runs }) => {
    const { ending: bare } = await runs.run('daily-backup');
    const { backup } = bare.output as { backup: string };
    furnish(world, { 'app.conf': 'x' });

    const [unknown, noData, wrong] = [
      await runs.run('system-recovery', { backup: '20200101_000000' }),
      await runs.run('system-recovery', { backup, data: true }),
      await runs.run('system-recovery', { configuration: 'forget' }),
    ];

    expect(unknown.ending.failure?.type).toBe('BackupNotFound');
    expect(noData.ending.failure?.message).toMatch(/^Cannot find data in backup "\d{8}_\d{6}"/);
    expect(wrong.ending.failure?.type).toBe('InvalidInput');
    for (const { ending } of [unknown, noData, wrong]) expect(ending.outcome).toBe('failed');
    expect(furniture(world, ['app.conf'])).toEqual({ 'app.conf': 'x' });
  });
});
