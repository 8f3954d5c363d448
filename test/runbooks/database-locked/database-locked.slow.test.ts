import { describe, expect } from 'vitest';
import { writeStopped } from '../../../src/state/stopped.ts';
import { whileLocked } from '../../activities/database/support/while-locked.ts';
import { endHolder, impatient, stateOf } from '../../support/locked.ts';
import { test } from '../../support/run.ts';

describe.concurrent('database-locked', () => {
  test('finds nothing wrong where nobody holds the lock', async ({ world, runs }) => {
    impatient(world);

    const { ending } = await runs.run('database-locked');

    expect(ending).toMatchObject({ outcome: 'done', left: [], notices: [] });
    expect(stateOf(ending, 'restart', 'end', 'kill')).toEqual(['omitted', 'omitted', 'omitted']);
    expect(ending.output).toMatchObject({ tried: ['wait'] });
  });

  test('ends a willing process once people approve, then restarts what does not get over it', async ({
    world,
    systems,
    runs,
  }) => {
    await endHolder(world, runs, false);
    await systems.http.expectReady();
  });

  test('restarts nothing that was stopped on purpose', async ({ world, systems, runs }) => {
    impatient(world);
    await systems.runtime.stop();
    const at = new Date().toISOString();
    writeStopped(world, { by: 'ops-1', because: 'a new disk', at, run: 'stop-1' });

    const { ending } = await runs.run('database-locked');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(stateOf(ending, 'restart', 'prove', 'test')).toEqual(['omitted', 'done', 'omitted']);
    expect(JSON.stringify(ending.output)).toContain('a new disk');
    expect((await systems.runtime.describe()).running).toBe(false);
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
