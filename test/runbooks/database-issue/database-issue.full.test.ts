import { existsSync } from 'node:fs';
import { describe, expect, vi } from 'vitest';
import { damageDatabase } from '../../../src/dev/demo/sample-database.ts';
import { whileLocked } from '../../activities/database/support/while-locked.ts';
import { approving, impatient, stateOf } from '../../support/locked.ts';
import { answer, waiting } from '../../support/people.ts';
import { backUp } from '../../support/recovery.ts';
import { test } from '../../support/run.ts';
import { TIMEOUT } from '../../support/timeouts.ts';
import { spoilIndex } from './example.ts';

describe.concurrent('database-issue', () => {
  test('closes with evidence when nothing is wrong', async ({ systems, runs }) => {
    const before = await systems.runtime.describe();

    const { ending } = await runs.run('database-issue');

    expect(ending).toMatchObject({ outcome: 'done', output: { verdict: 'sound', helped: '' } });
    expect(stateOf(ending, 'contain', 'quarantine', 'recover', 'unlock')).toEqual([
      'omitted',
      'done',
      'omitted',
      'omitted',
    ]);
    expect(await systems.runtime.describe()).toEqual(before);
  });

  test('lets the application go on when people reject the recovery, and keeps the evidence', async ({
    world,
    systems,
    runs,
  }) => {
    await backUp(runs);
    damageDatabase(world.database.file, 30);
    const before = await systems.runtime.describe();

    const { ending } = await runs.run(
      'database-issue',
      {},
      {
        meanwhile: async (run, client) =>
          answer(await waiting(client, run, 'recover'), 'reject', { step: 'recover', by: 'ops-2' }),
      },
    );

    expect(ending).toMatchObject({ outcome: 'undone', failure: { type: 'Rejected' } });
    expect(stateOf(ending, 'contain', 'quarantine')).toEqual(['undone', 'done']);
    const { evidence } = ending.ledger.find(({ id }) => id === 'quarantine')!;
    expect(evidence!.map(({ file }) => existsSync(file))).toEqual([true, true, true]);
    expect(await systems.runtime.describe()).toEqual(before);
    // A frozen one would not answer at all.
    expect((await fetch(world.app.health)).status).toBeGreaterThan(0);
  });

  test('frees a locked database once people approve, and holds nobody still', async ({
    world,
    runs,
  }) => {
    impatient(world);

    const { result, endedBy } = await whileLocked(world, {}, async () => {
      // The sample application stays unhealthy once it was refused.
      await vi.waitFor(async () => expect((await fetch(world.app.health)).ok).toBe(false), TIMEOUT);
      return runs.run(
        'database-issue',
        {},
        {
          meanwhile: (run, client) => approving('end', 'restart')(`${run}/unlock`, client),
        },
      );
    });

    const { ending } = result;
    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).toMatchObject({ verdict: 'locked', helped: 'database-locked' });
    expect(stateOf(ending, 'contain', 'quarantine', 'recover')).toEqual([
      'omitted',
      'done',
      'omitted',
    ]);
    expect(endedBy).toBe('SIGTERM');
  });

  test('lets an application go on that a terminated run had held still, by repair', async ({
    world,
    systems,
    runs,
  }) => {
    await spoilIndex(world);
    const worker = await runs.serve();
    const run = await runs.start('database-issue');
    const handle = await waiting(runs.client, run, 'recover');
    await handle.terminate('an example');
    await worker.stop();
    expect(await systems.http.isReady()).toBe(false);

    const { ending } = await runs.run('repair');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(await systems.http.isReady()).toBe(true);
  });
});
