import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { permanent } from '../../src/activities/support/failure.ts';
import type { Target } from '../../src/config/target.ts';
import { damageDatabase } from '../../src/dev/sample-database.ts';
import { BACKED_UP, DATA, FILES, furnish, furniture } from '../support/furnished.ts';
import { addMark, readMarks } from '../support/marks.ts';
import { leftovers, states } from '../support/recovery.ts';
import { type Runs, test as base } from '../support/run.ts';

const test = base.extend<{ backups: Partial<Target['backups']> }>({
  backups: async ({}, use) => use({ daily: { files: FILES, keep: '30d' }, weekly: DATA }),
});

/** What an operator finds: one file spoilt, one gone, the data gone, and a password that was changed since. */
const SPOILT = {
  '.env': 'API_TOKEN=now\nLEVEL=debug\nDATABASE_URL="postgres://shop:now@db/shop"\nNEW_KEY=new\n',
  'app.conf': undefined,
  'data/north.csv': 'torn',
  'data/deep/south.csv': undefined,
};

const MERGED =
  '# the shop\nAPI_TOKEN=now\nLEVEL=info\nDATABASE_URL="postgres://shop:now@db/shop"\nNEW_KEY=new\n';

describe.concurrent('system-recovery', () => {
  test('brings configuration, data and database back, and keeps newer secrets', async ({
    world,
    systems,
    runs,
  }) => {
    needsConfiguration(world);
    await backUpAll(world, runs);
    furnish(world, SPOILT);
    rmSync(join(world.directory, 'data'), { recursive: true });
    damageDatabase(world.database.file, 30);

    const { run, ending } = await runs.run('system-recovery', { data: true });

    expect(ending).toMatchObject({ outcome: 'done', left: [], notices: [] });
    expect(states(ending)).toBe(Array(12).fill('done').join(' '));
    expect(furniture(world)).toEqual({ ...BACKED_UP, '.env': MERGED });
    expect(statSync(join(world.directory, '.env')).mode & 0o777).toBe(0o600);
    expect(statSync(join(world.directory, 'app.conf')).mode & 0o777).toBe(0o640);
    expect(ending.output).toMatchObject({
      keptKeys: ['API_TOKEN', 'DATABASE_URL', 'NEW_KEY'],
      before: expect.stringMatching(/^Damaged/),
    });
    expect(ending.ledger.find(({ id }) => id === 'database')?.runs).toEqual([`${run}/database`]);
    const kept = (ending.output as { kept: string }).kept;
    expect(readFileSync(join(kept, '.env'), 'utf8')).toBe(SPOILT['.env']);
    expect(leftovers(world)).toEqual([]);
    await systems.http.expectReady();
    // Neither history nor reports nor evidence holds a value.
    const { events } = await runs.client.workflow.getHandle(run).fetchHistory();
    const told = [JSON.stringify(ending), JSON.stringify(events), ...written(world)].join('\n');
    expect(told).toContain('API_TOKEN');
    expect(told).not.toMatch(/=now|=then|:now@|:then@|"now"|"then"/);
  });

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
      'done done done omitted omitted omitted omitted omitted done done done done',
    );
    expect(readMarks(world)).toEqual([]);
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

      const { run, ending } = await runs.run(
        'system-recovery',
        {},
        {
          around: async (activity, work) => {
            if (activity !== 'redis.ping') return work();
            seen.push(readMarks(world), furniture(world, ['app.conf']));
            addMark(world, 'written to the restored one');
            throw permanent('Broken', 'The cache does not answer');
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
      // What was written to the restored database is a backup.
      const { ending: again } = await runs.run('database-recovery', {
        backup: run.split('/').at(-1)!,
      });
      expect(again.outcome).toBe('done');
      expect(readMarks(world)).toEqual(['written to the restored one']);
    });

  test('puts files back when the database cannot be restored, but takes none away that was missing', async ({
    world,
    systems,
    runs,
  }) => {
    await backUpAll(world, runs);
    furnish(world, { '.env': SPOILT['.env'], 'app.conf': undefined });

    const { ending } = await runs.run(
      'system-recovery',
      {},
      {
        around: async (activity, work) => {
          if (activity === 'sqlite.swap') throw permanent('Broken', 'It cannot be swapped');
          return work();
        },
      },
    );

    expect(ending).toMatchObject({
      outcome: 'failed',
      left: ['1 files stay that were missing before, such as "app.conf"'],
      failure: { message: 'Database recovery was undone: It cannot be swapped' },
    });
    expect(furniture(world, ['.env', 'app.conf'])).toEqual({
      '.env': SPOILT['.env'],
      'app.conf': BACKED_UP['app.conf'],
    });
    await systems.http.expectReady();
  });

  test('never stops the application for a backup that is damaged', async ({ world, runs }) => {
    const backup = await backUpAll(world, runs);
    furnish(world, SPOILT);
    const copy = join(world.backups.directory, backup, 'demo.db.zst');
    const bytes = readFileSync(copy);
    writeFileSync(copy, bytes.fill(0, bytes.length / 2, bytes.length / 2 + 100));
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

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'BackupDamaged' } });
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

/** The application reads its configuration when it starts, and ends without it. */
function needsConfiguration(world: Target): void {
  const { runtime, directory } = world;
  if (runtime.kind !== 'process') throw new Error('Expected a process');
  furnish(world);
  const script = `. "${directory}/.env" && test -n "$API_TOKEN" && test -f "${directory}/app.conf" && exec "$@"`;
  Object.assign(runtime, { command: ['sh', '-c', script, 'app', ...runtime.command] });
}

/** Takes the full application. Answers the backup's id. */
async function backUpAll(world: Target, runs: Runs): Promise<string> {
  furnish(world);
  const { ending } = await runs.run('weekly-backup');
  if (ending.outcome !== 'done') throw new Error(ending.failure?.message);
  return (ending.output as { backup: string }).backup;
}

/** Evidence, reports and the audit: all that stays of runs beside the target, but what was kept. */
function written({ state }: Target): string[] {
  return globSync('{evidence,runs}/**/*.{json,html,log}', { cwd: state })
    .concat('audit.jsonl')
    .map((name) => readFileSync(join(state, name), 'utf8'));
}
