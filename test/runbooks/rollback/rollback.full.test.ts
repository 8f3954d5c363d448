import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { openRestoreDirectory } from '../../../src/activities/files/restore/restore-directory.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { backUpAll, DATA, FILES, furnish, furniture, SPOILT } from '../../support/furnished.ts';
import { addMark, readMarks } from '../../support/marks.ts';
import { onOneWorker } from '../../support/on-one-worker.ts';
import { test as base } from '../../support/run.ts';
import { openMaintenance } from '../maintenance-window/example.ts';

const test = base.extend<{ backups: Partial<SqliteTarget['backups']> }>({
  backups: async ({}, use) => use({ daily: { files: FILES, keep: '30d' }, weekly: DATA }),
});
const LIVE = { ...SPOILT, '.env': 'API_TOKEN=now\nLEVEL=9\n', 'app.conf': 'workers = 8\n' };

interface Output {
  readonly rollbackPoint?: string;
}

describe.concurrent('rollback of what is partly gone, or changed since', () => {
  test('says what is gone and why, begins nothing then, and goes back with the rest when told', async ({
    world,
    runs,
  }) => {
    await backUpAll(world, runs);
    addMark(world, 'since the backup');
    furnish(world, LIVE);

    const seen = await onOneWorker(runs, async (play) => {
      const { output, run } = await play('system-recovery', {});
      const point = (output as Output).rollbackPoint!;
      rmSync(join(world.backups.directory, point), { recursive: true });
      const whole = await play('rollback', { run });
      const partly = await play('rollback', { run, partly: true });
      rmSync(openRestoreDirectory(world, point).directory, { recursive: true });
      const nothing = await play('rollback', { run, partly: true });
      return { point, whole, partly, nothing, unknown: await play('rollback', { run: 'nobody' }) };
    });

    expect(seen.whole).toMatchObject({
      outcome: 'failed',
      failure: {
        type: 'NoRollbackPoint',
        message: expect.stringContaining(
          `The database from before cannot come back: Cannot find backup "${seen.point}"`,
        ),
      },
    });
    expect(seen.whole.ledger.filter(({ state }) => state === 'done').map(({ id }) => id)).toEqual([
      'find',
    ]);
    expect(seen.partly).toMatchObject({ outcome: 'done', output: { replaced: ['files'] } });
    expect(furniture(world, ['app.conf'])).toEqual({ 'app.conf': LIVE['app.conf'] });
    expect(readMarks(world)).toEqual([]);
    expect(seen.nothing.failure?.message).toContain('is not there any more');
    expect(seen.unknown.failure?.message).toContain('there is no report of it');
  });

  test('keeps the secrets of today in an environment file that was changed since', async ({
    world,
    runs,
  }) => {
    await backUpAll(world, runs);
    furnish(world, LIVE);
    const env = join(world.directory, '.env');

    const back = await onOneWorker(runs, async (play) => {
      const { run } = await play('system-recovery', {});
      writeFileSync(env, readFileSync(env, 'utf8').replace('API_TOKEN=now', 'API_TOKEN=rotated'));
      return play('rollback', { run });
    });

    expect(readFileSync(env, 'utf8')).toMatch(/^API_TOKEN=rotated\nLEVEL=9\n/);
    expect(back).toMatchObject({
      outcome: 'done',
      output: { toCheck: [expect.stringContaining('live values stay of API_TOKEN')] },
    });
  });

  test('brings dependencies back that a maintenance window updated', async ({ world, runs }) => {
    await openMaintenance(world);
    const list = join(world.directory, 'installed.txt');

    const seen = await onOneWorker(runs, async (play) => {
      const { run, output } = await play('maintenance-window', {});
      const updated = readFileSync(list, 'utf8');
      return { updated, output, back: await play('rollback', { run }) };
    });

    expect(seen.output).toMatchObject({ replaced: ['dependencies'] });
    expect(seen.updated).toBe('newer 2.0\n');
    expect(seen.back).toMatchObject({ outcome: 'done', output: { replaced: ['dependencies'] } });
    expect(readFileSync(list, 'utf8')).toBe('older 1.0\n');
  });
});
