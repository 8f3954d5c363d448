import { describe, expect } from 'vitest';
import { createSystems } from '../../../src/activities/index.ts';
import { readKnownGood } from '../../../src/activities/runtime/known-good/known-good-records.ts';
import { test } from '../../support/run.ts';

describe('app.prove', () => {
  test('puts on record as good what its own run has started, once it works', async ({ world }) => {
    const { runtime, http, app } = createSystems(world, 'recovery/1');
    await runtime.stop();
    await runtime.start();
    const before = readKnownGood(world);

    await http.expectReady();
    await app.prove();
    await createSystems(world, 'check/2').app.prove();

    expect(before).toEqual([]);
    expect(readKnownGood(world).map(({ run }) => run)).toEqual(['recovery/1']);
  });

  test('puts nothing on record that does not work', async ({ world }) => {
    const { runtime, app } = createSystems(world, 'recovery/1');
    await runtime.stop();
    await runtime.start();
    const { detail } = await runtime.describe();
    process.kill(Number(/^pid (\d+)/.exec(detail)![1]), 'SIGKILL');

    await expect(app.prove()).rejects.toMatchObject({ type: 'NotFunctional' });

    expect(readKnownGood(world)).toEqual([]);
  });
});
