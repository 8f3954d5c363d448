import { describe, expect } from 'vitest';
import { stateOf } from '../../support/locked.ts';
import { failing } from '../../support/people.ts';
import { test } from '../../support/run.ts';

describe.concurrent('restart-application', () => {
  test('brings a new process up that works, with the last lines of the old one kept', async ({
    systems,
    runs,
  }) => {
    const before = await systems.runtime.describe();

    const { ending } = await runs.run('restart-application');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).toMatchObject({ restarted: true, proof: expect.any(String) });
    expect(ending.ledger.find(({ id }) => id === 'evidence')?.note).toMatch(/lines? of log/);
    const after = await systems.runtime.describe();
    expect(after.running).toBe(true);
    expect(after.detail).not.toBe(before.detail);
  });

  test('stops nothing that would not come back, and says what keeps it from that', async ({
    world,
    systems,
    runs,
  }) => {
    const before = await systems.runtime.describe();
    Object.assign(world.app, {
      python: { command: ['/nowhere/python'], versions: { pandas: '' } },
    });

    const { ending } = await runs.run('restart-application');

    expect(ending.failure?.message).toMatch(/Its Python "\/nowhere\/python" is not there/);
    expect(stateOf(ending, 'checklist', 'stop')).toEqual(['failed', 'unreached']);
    expect(await systems.runtime.describe()).toEqual(before);
  });

  test('leaves it running when the proof fails, for nothing else was there before', async ({
    systems,
    runs,
  }) => {
    const { ending } = await runs.run(
      'restart-application',
      {},
      { around: failing('app.prove', 1) },
    );

    expect(ending).toMatchObject({ outcome: 'undone', left: [] });
    expect((await systems.app.prove()).rows).toBeGreaterThan(0);
  });
});
