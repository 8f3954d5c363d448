import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { holderScript, whileLocked } from '../../activities/database/support/while-locked.ts';
import { approving, endHolder, impatient, stateOf } from '../../support/locked.ts';
import { answer, waiting } from '../../support/people.ts';
import { test } from '../../support/run.ts';
import { TIMEOUT } from '../../support/timeouts.ts';

describe.concurrent('database-locked', () => {
  test('ends a stubborn process once people approve, then restarts what does not get over it', async ({
    world,
    systems,
    runs,
  }) => {
    await endHolder(world, runs, true);
    await systems.http.expectReady();
  });

  test('restarts the application when it is the one', async ({ world, systems, runs }) => {
    impatient(world);
    await systems.runtime.stop();
    const { command } = world.runtime as { command: string[] };
    // It takes the lock once, beside its work, and keeps it.
    const once = join(world.directory, 'once');
    writeFileSync(once, '');
    const script = `if rm "$1" 2>/dev/null; then "$2" "$3" "$4" writes & fi; shift 4; exec "$@"`;
    const hold = [once, process.execPath, holderScript, world.database.file];
    Object.assign(world.runtime, { command: ['sh', '-c', script, 'sh', ...hold, ...command] });
    await systems.runtime.start();
    await vi.waitFor(async () => {
      const { blocking } = await systems.database.findLockHolders();
      expect(blocking).toMatchObject([{ role: 'application' }]);
    }, TIMEOUT);

    const { ending } = await runs.run('database-locked', {}, { meanwhile: approving('restart') });

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(stateOf(ending, 'end', 'kill', 'restart')).toEqual(['omitted', 'omitted', 'done']);
    expect(ending.output).toMatchObject({ tried: ['wait', 'restart'], helped: 'restart' });
    await systems.http.expectReady();
  });

  test('ends nobody when people reject it', async ({ world, runs }) => {
    impatient(world);

    const { result, endedBy } = await whileLocked(world, {}, () =>
      runs.run(
        'database-locked',
        {},
        {
          meanwhile: async (run, client) =>
            answer(await waiting(client, run, 'end'), 'reject', { step: 'end', by: 'ops-2' }),
        },
      ),
    );

    expect(result.ending).toMatchObject({ outcome: 'failed', failure: { type: 'Rejected' } });
    expect(endedBy).toBeUndefined();
  });
});
