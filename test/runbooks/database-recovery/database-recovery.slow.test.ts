import { describe, expect, vi } from 'vitest';
import { damageDatabase } from '../../../src/dev/demo/sample-database.ts';
import { addMark, readMarks } from '../../support/marks.ts';
import { backUp, leftovers, type Recovered, recoverWith, states } from '../../support/recovery.ts';
import { test } from '../../support/run.ts';
import { TIMEOUT } from '../../support/timeouts.ts';

const latest = { backup: 'latest' };

describe.concurrent('database-recovery', () => {
  test('brings a damaged database back, and says what it kept', async ({
    world,
    systems,
    runs,
  }) => {
    const backup = await backUp(runs);
    damageDatabase(world.database.file, 30);
    await vi.waitFor(async () => expect(await systems.http.isReady()).toBe(false), TIMEOUT);

    const { ending } = await runs.run('database-recovery', latest);

    expect(states(ending)).toBe('done done done done done done done done done done omitted');
    expect(ending).toMatchObject({
      outcome: 'done',
      left: [],
      output: {
        backup: backup.backup,
        rows: { backup: backup.rows, restored: backup.rows },
        integrity: 'ok',
      },
    });
    const { downtimeMilliseconds, kept, before } = ending.output as Recovered;
    expect(downtimeMilliseconds).toBeGreaterThan(0);
    expect(before).toMatch(/^Damaged/);
    expect(kept.replace(/\d{8}_\d{6}$/, '<stamp>')).toBe(`${world.database.file}.pre-<stamp>`);
    await systems.http.expectReady();
  });

  test('makes the sound database that it replaced a backup, which brings it back', async ({
    world,
    systems,
    runs,
  }) => {
    await backUp(runs);
    addMark(world, 'written after the backup');

    const { ending } = await runs.run('database-recovery', latest);
    const gone = readMarks(world);
    const { rollbackPoint } = ending.output as Recovered;
    const { ending: back } = await runs.run('database-recovery', { backup: rollbackPoint });

    expect([ending.outcome, back.outcome]).toEqual(['done', 'done']);
    expect(gone).toEqual([]);
    expect(readMarks(world)).toEqual(['written after the backup']);
    await systems.http.expectReady();
  });

  test('survives a restored file that is not the proven one, when the database before was sound', async ({
    world,
    systems,
    runs,
  }) => {
    const fault = 'a restored file that is not the proven one';

    const ending = await recoverWith(fault, 'sound', { world, runs });

    expect(ending).toMatchObject({ outcome: 'undone', left: [] });
    expect(readMarks(world)).toEqual(['written after the backup']);
    await systems.http.expectReady();
  });

  test('is stopped between two steps, and puts back what it had done', async ({
    world,
    systems,
    runs,
  }) => {
    await backUp(runs);
    addMark(world, 'written after the backup');
    let cancel = async () => {};

    const { ending } = await runs.run('database-recovery', latest, {
      around: async (activity, work) => {
        if (activity === 'database.swap') await cancel();
        return work();
      },
      meanwhile: async (run, client) => {
        cancel = async () => void (await client.workflow.getHandle(run).cancel());
      },
    });

    expect(ending).toMatchObject({ outcome: 'stopped', left: [] });
    expect(readMarks(world)).toEqual(['written after the backup']);
    await systems.http.expectReady();
  });

  test('fails before it touches anything when there is no such backup', async ({
    world,
    systems,
    runs,
  }) => {
    await backUp(runs);

    const { ending } = await runs.run('database-recovery', { backup: '20200101_000000' });

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'BackupNotFound' } });
    expect(ending.failure?.message).toMatch(
      /Cannot find backup "20200101_000000" in .*: there (is|are) \d{8}_/,
    );
    expect(leftovers(world)).toEqual([]);
    await systems.http.expectReady();
  });
});
