import { globSync, readFileSync, rmSync, statSync } from 'node:fs';
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
  MERGED,
  SPOILT,
} from '../../support/furnished.ts';
import { leftovers, states } from '../../support/recovery.ts';
import { type Around, test as base } from '../../support/run.ts';

const test = base.extend<{ backups: Partial<SqliteTarget['backups']> }>({
  backups: async ({}, use) => use({ daily: { files: FILES, keep: '30d' }, weekly: DATA }),
});

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

    const calls: string[] = [];
    const around: Around = async (activity, work) => {
      calls.push(activity);
      return work();
    };

    const { run, ending } = await runs.run('system-recovery', { data: true }, { around });

    expect(ending).toMatchObject({ outcome: 'done', left: [], notices: [] });
    expect(states(ending)).toBe([...Array(16).fill('done'), 'omitted'].join(' '));
    // Nothing that takes longer for a larger database is done while the application is down, but for one reading of each byte.
    expect(
      calls.slice(calls.indexOf('runtime.stop') + 1, calls.indexOf('http.expectReady')),
    ).toEqual([
      'files.keep',
      'files.place',
      'services.start',
      'database.keep',
      'database.swap',
      'database.expectLive',
      'redis.clearPrefix',
      'runtime.start',
    ]);
    expect(furniture(world)).toEqual({ ...BACKED_UP, '.env': MERGED });
    expect(statSync(join(world.directory, '.env')).mode & 0o777).toBe(0o640);
    expect(statSync(join(world.directory, 'app.conf')).mode & 0o777).toBe(0o640);
    expect(ending.output).toMatchObject({
      keptKeys: ['API_TOKEN', 'DATABASE_URL', 'NEW_KEY'],
      restoredKeys: ['LEVEL'],
      before: expect.stringMatching(/^Damaged/),
      noRollbackPoint: expect.stringMatching(/^It was damaged: its file is ".*demo\.db\.pre-\d/),
    });
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
          if (activity === 'database.swap') throw broken('It cannot be swapped');
          return work();
        },
      },
    );

    expect(ending).toMatchObject({
      outcome: 'failed',
      left: ['What was missing before stays (1, such as "app.conf")'],
      failure: { message: 'It cannot be swapped' },
    });
    expect(furniture(world, ['.env', 'app.conf'])).toEqual({
      '.env': SPOILT['.env'],
      'app.conf': BACKED_UP['app.conf'],
    });
    await systems.http.expectReady();
  });
});

/** The application reads its configuration when it starts, and ends without it. */
function needsConfiguration(world: SqliteTarget): void {
  const { runtime, directory } = world;
  if (runtime.kind !== 'process') throw new Error('Expected a process');
  furnish(world);
  const script = `. "${directory}/.env" && test -n "$API_TOKEN" && test -f "${directory}/app.conf" && exec "$@"`;
  Object.assign(runtime, { command: ['sh', '-c', script, 'app', ...runtime.command] });
}

/** Evidence, reports and the audit: all that stays of runs beside the target, but what was kept. */
function written({ state }: SqliteTarget): string[] {
  return globSync('{evidence,runs}/**/*.{json,html,log}', { cwd: state })
    .concat('audit.jsonl')
    .map((name) => readFileSync(join(state, name), 'utf8'));
}
