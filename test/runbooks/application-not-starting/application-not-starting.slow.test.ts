import { describe, expect } from 'vitest';
import { approving } from '../../support/locked.ts';
import { test } from '../../support/run.ts';
import { lockOut, modeOf } from './example.ts';

describe.concurrent('application-not-starting', () => {
  test('gives the database the mode of its policy once people approve, and starts it', async ({
    world,
    systems,
    runs,
  }) => {
    await lockOut(world);

    const { ending } = await runs.run(
      'application-not-starting',
      {},
      { meanwhile: approving('repair') },
    );

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(modeOf(world.database.file)).toBe('600');
    expect(ending.output).toMatchObject({
      diagnosis: expect.stringMatching(
        /may not read and write its database: ".*" has mode 444, of /,
      ),
      tried: ['repair', 'start'],
      helped: 'repair, start',
    });
    await systems.http.expectReady();
  });
});
