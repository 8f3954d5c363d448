import { describe, expect } from 'vitest';
import { listBackups } from '../../../src/activities/backups/catalogue/backup-store.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { ageBackups } from '../../activities/database/support/aged-backups.ts';
import { broken } from '../../support/broken.ts';
import { type Runs, test } from '../../support/run.ts';

describe('prune-backups', () => {
  test('deletes what is past its time, and tells what stayed and why', async ({ world, runs }) => {
    const { newest, aged } = await arrange(world, runs);

    const { ending } = await runs.run('prune-backups');

    expect(ending).toMatchObject({
      outcome: 'done',
      left: [],
      notices: [],
      output: {
        places: [
          {
            deleted: [{ id: aged[2], reason: 'daily, 42 d of 30 d' }],
            kept: [
              { id: newest, reason: 'one of the 2 newest verified' },
              { id: aged[0], reason: 'one of the 2 newest verified' },
              { id: aged[1], reason: 'daily, 29 d of 30 d' },
            ],
          },
        ],
      },
    });
    expect(listBackups(world.backups.directory).map(({ id }) => id)).toEqual([
      newest,
      aged[0],
      aged[1],
    ]);
  });

  test('names what was deleted all the same when its step failed', async ({ world, runs }) => {
    const { aged } = await arrange(world, runs);

    const { ending } = await runs.run(
      'prune-backups',
      {},
      {
        around: async (activity, work) => {
          const result = await work();
          if (activity === 'backups.prune') throw broken('Nobody heard of it', 'Lost');
          return result;
        },
      },
    );

    expect(ending).toMatchObject({
      outcome: 'failed',
      left: [`Deleted all the same: backups ${aged[2]}`],
    });
  });
});

async function arrange(world: SqliteTarget, runs: Runs) {
  const { ending } = await runs.run('daily-backup');
  const { backup: newest } = ending.output as { backup: string };
  const aged = ageBackups(world, newest, [10, 29, 42], { now: new Date().toISOString() });
  return { newest, aged };
}
