import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import type { Client } from '@temporalio/client';
import type { Target } from '../../src/config/target.ts';
import type { Ending } from '../../src/engine/ending.ts';
import { holderScript, whileLocked } from '../activities/sqlite-support/while-locked.ts';
import { answer, waiting } from '../support/people.ts';
import { test } from '../support/run.ts';

interface Diagnosis {
  readonly diagnosis: string;
  readonly tried: readonly string[];
  readonly helped?: string;
}

function impatient({ database }: Target): void {
  Object.assign(database, { locks: { ...database.locks, wait: '1s', grace: '1s' } });
}

function stateOf({ ledger }: Ending, ...ids: string[]): string[] {
  return ids.map((id) => ledger.find((line) => line.id === id)!.state);
}

/** Approves the steps as they come. */
function approving(...steps: string[]) {
  return async (run: string, client: Client) => {
    for (const step of steps)
      await answer(await waiting(client, run, step), 'approve', { step, by: 'ops-2' });
  };
}

describe.concurrent('database-locked', () => {
  test('finds nothing wrong where nobody holds the lock', async ({ world, runs }) => {
    impatient(world);

    const { ending } = await runs.run('database-locked');

    expect(ending).toMatchObject({ outcome: 'done', left: [], notices: [] });
    expect(stateOf(ending, 'restart', 'end', 'kill')).toEqual(['omitted', 'omitted', 'omitted']);
    expect(ending.output).toMatchObject({ tried: ['wait'] });
  });

  for (const stubborn of [false, true])
    test(`ends a ${stubborn ? 'stubborn' : 'willing'} process once people approve, then restarts what does not get over it`, async ({
      world,
      systems,
      runs,
    }) => {
      impatient(world);

      const { result, endedBy } = await whileLocked(world, { stubborn }, async (pid) => {
        const { ending } = await runs.run(
          'database-locked',
          {},
          {
            meanwhile: stubborn ? approving('end', 'kill', 'restart') : approving('end', 'restart'),
          },
        );
        return { ending, pid };
      });

      const { ending, pid } = result;
      expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
      const output = ending.output as Diagnosis;
      expect(output.diagnosis).toMatch(`importer (process ${pid}) writes`);
      // The sample application stays unhealthy once it was refused.
      expect(output.tried).toEqual(['wait', 'end', ...(stubborn ? ['kill'] : []), 'restart']);
      expect(output.helped).toBe(`${stubborn ? 'kill' : 'end'}, restart`);
      expect(endedBy).toBe(stubborn ? 'SIGKILL' : 'SIGTERM');
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
    await vi.waitFor(
      async () => {
        const { blocking } = await systems.sqlite.findLockers();
        expect(blocking).toMatchObject([{ role: 'application' }]);
      },
      { timeout: 20_000 },
    );

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

  test('never ends a backup, and says what it waits for', async ({ world, runs }) => {
    impatient(world);

    const { result, endedBy } = await whileLocked(world, { program: 'rsync' }, () =>
      runs.run('database-locked'),
    );

    const { ending } = result;
    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'StillLocked' } });
    expect(ending.failure?.message).toMatch(/rsync \(process \d+\) writes\. A backup is let end/);
    expect(stateOf(ending, 'end', 'kill')).toEqual(['omitted', 'omitted']);
    expect(endedBy).toBeUndefined();
  });
});
