import { mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { generationsOf } from '../../../src/activities/logs/file/generations.ts';
import { LogFile } from '../../../src/config/schema/logs.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { whileWriting, writerCommand } from '../../activities/logs/support/world.ts';
import { fillLog, writtenIn } from '../../activities/logs/support/written.ts';
import { broken } from '../../support/broken.ts';
import { test } from '../../support/run.ts';

describe('log-rotation', () => {
  test('rotates, removes and compresses what is due, and nothing twice', async ({
    world,
    runs,
  }) => {
    const [access, copied, own, missing] = logsOf(world, {
      'access.log': { rotate: { size: '1KB', copies: 2 } },
      'copied.log': { rotate: { size: '1KB', by: 'copytruncate' } },
      'own.log': { rotate: { size: '1KB', by: 'application' } },
      'missing.log': { rotate: { every: 'daily' } },
    });
    for (const log of [access, copied, own]) fillLog(log!, 40, 50);
    for (const [index, past] of ['20260101_000000', '20260102_000000'].entries())
      fillLog(`${access}.${past}`, index * 20, (index + 1) * 20);

    const { ending } = await runs.run('log-rotation');
    const again = await runs.run('log-rotation');

    expect(ending).toMatchObject({ outcome: 'done', left: [], notices: [] });
    const notes = Object.fromEntries(ending.ledger.map(({ id, note }) => [id, note]));
    expect(notes).toMatchObject({
      inspect: '3 to rotate; not there: logs/missing.log; 1 left to the application',
      prune: expect.stringContaining('logs/access.log: Removed access.log.20260101_000000;'),
      compress: expect.stringContaining('logs/access.log: 1 compressed'),
      rotate: expect.stringContaining('logs/missing.log: There is none'),
    });
    expect(writtenIn(access!)).toEqual({ lines: 30, twice: 0, torn: 0 });
    expect(writtenIn(copied!)).toEqual({ lines: 10, twice: 0, torn: 0 });
    expect(statSync(own!).size).toBe(10_240);
    expect(generationsOf(own!)).toEqual([]);
    expect(generationsOf(missing!)).toEqual([]);
    expect(again.ending.ledger.find(({ id }) => id === 'rotate')?.note).toContain(
      'logs/access.log: It is empty',
    );
    expect(generationsOf(access!)).toHaveLength(2);
  });

  test('tells what is worth knowing, and has done its work', async ({ world, runs }) => {
    const [log] = logsOf(world, { 'app.log': { rotate: { size: '1GB' } } });
    fillLog(log!, 0, 10);
    await runs.run('log-rotation');
    renameSync(log!, `${log}.1`);
    fillLog(log!, 10, 20);

    const { ending } = await runs.run('log-rotation');

    expect(ending.outcome).toBe('done');
    expect(ending.notices).toHaveLength(1);
    expect(ending.notices[0]?.message).toContain(
      'logs/app.log: It was given a new file by somebody else',
    );
  });

  test('rotates all logs before it fails on one', async ({ world, runs }) => {
    const [held, free] = logsOf(world, {
      'held.log': { rotate: { size: '1KB' } },
      'free.log': { rotate: { size: '1KB' } },
    });
    fillLog(free!, 0, 10);

    const lines = await whileWriting(writerCommand(held!, 1000, 'never'), async (pid) => {
      const { ending } = await runs.run('log-rotation');

      expect(ending).toMatchObject({ outcome: 'failed', left: [] });
      expect(ending.failure?.message).toContain(`logs/held.log: process ${pid} (node) has it open`);
      expect(ending.notices).toHaveLength(1);
    });

    expect(generationsOf(free!)).toHaveLength(1);
    expect(writtenIn(held!)).toEqual({ lines, twice: 0, torn: 0 });
  });

  test('removes reports that are past their time, and fails when an activity of it does', async ({
    world,
    runs,
  }) => {
    world.records.keep = '1d';
    const directory = join(world.state, 'runs');
    mkdirSync(directory, { recursive: true });
    const old = { run: 'practice/x/20200101_000000', startedAt: '2020-01-01T00:00:00.000Z' };
    writeFileSync(join(directory, 'practice-20200101_000000.json'), JSON.stringify(old));

    const { ending } = await runs.run(
      'log-rotation',
      {},
      {
        around: async (activity, work) => {
          if (activity === 'records.rotateAudit') throw broken('It cannot be done');
          return work();
        },
      },
    );

    expect(ending).toMatchObject({ outcome: 'failed', failure: { message: 'It cannot be done' } });
    expect(ending.ledger.find(({ id }) => id === 'reports')?.note).toBe('1 removed');
  });
});

/** Gives the world logs of these policies, and answers their files. */
function logsOf(world: SqliteTarget, policies: Record<string, object>): string[] {
  mkdirSync(join(world.directory, 'logs'));
  world.logs = Object.entries(policies).map(([name, policy]) =>
    LogFile.parse({ file: join(world.directory, 'logs', name), ...policy }),
  );
  return world.logs.map(({ file }) => file);
}
