import { viewRun } from '../../../src/client/runs/view-run.ts';
import { describe, expect } from 'vitest';
import { stateOf } from '../../support/locked.ts';
import { test } from '../../support/run.ts';

describe.concurrent('application-down', () => {
  test('does nothing when it works', async ({ systems, runs }) => {
    const before = await systems.runtime.describe();

    const { ending } = await runs.run('application-down');

    expect(ending).toMatchObject({ outcome: 'done', notices: [], output: { tried: [] } });
    expect(stateOf(ending, 'restart', 'compare', 'test')).toEqual(Array(3).fill('omitted'));
    expect(await systems.runtime.describe()).toEqual(before);
  });

  test('restarts one that has ended, and keeps how it was', async ({ systems, runs }) => {
    await systems.runtime.stop();

    const { run, ending } = await runs.run('application-down');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).toMatchObject({ tried: ['restart'], helped: 'restart' });
    const found = (await viewRun(runs.client, `${run}/cause`)).ending!;
    const { evidence } = found.ledger.find(({ id }) => id === 'evidence')!;
    expect(evidence).toMatchObject([{ file: expect.stringMatching(/found\.txt$/) }]);
    expect((await systems.app.prove()).rows).toBeGreaterThan(0);
  });
});
