import { describe, expect } from 'vitest';
import { stateOf } from '../../support/locked.ts';
import { onOneWorker } from '../../support/on-one-worker.ts';
import { failing } from '../../support/people.ts';
import { test } from '../../support/run.ts';

const because = { reason: 'its rows vanish' };

describe.concurrent('contain', () => {
  test('stops the application, and nothing starts it again until it is lifted', async ({
    systems,
    runs,
  }) => {
    const { first, started, again, down, meanwhile, lifted } = await onOneWorker(
      runs,
      async (play) => ({
        first: await play('contain', because, { by: 'ops-1', because: 'incident/shop/rows' }),
        started: await systems.runtime.start(),
        again: await play('contain', { reason: 'the same' }, { by: 'ops-2' }),
        down: await play('application-down'),
        meanwhile: await systems.runtime.describe(),
        lifted: await play('lift-containment'),
      }),
    );

    const { since } = first.output as { since: string };
    expect([first.failure?.message, first.outcome]).toEqual([undefined, 'done']);
    expect(first.output).toMatchObject({ changed: true, ran: true });
    expect(started.changed).toBe(false);
    expect(again).toMatchObject({ outcome: 'done', output: { changed: false, since } });
    expect(down).toMatchObject({ outcome: 'done', notices: [], output: { tried: [] } });
    expect(down.output).toMatchObject({
      diagnosis: expect.stringMatching(
        `^Contained by ops-1 since ${since} because its rows vanish \\(incident/shop/rows\\): runbook start lift-containment -t test-`,
      ),
    });
    expect(stateOf(down, 'compare', 'restart', 'test')).toEqual(Array(3).fill('omitted'));
    expect(meanwhile.running).toBe(false);
    expect(lifted).toMatchObject({ outcome: 'done', output: { started: true }, left: [] });
    expect(await systems.containment.find()).toEqual({});
    expect((await systems.app.prove()).rows).toBeGreaterThan(0);
  });

  test('leaves all as it was when the application cannot be stopped', async ({ systems, runs }) => {
    const before = await systems.runtime.describe();

    const { ending } = await runs.run('contain', because, { around: failing('runtime.stop', 1) });

    expect(ending).toMatchObject({ outcome: 'undone', left: [] });
    expect(await systems.containment.find()).toEqual({});
    expect(await systems.runtime.describe()).toEqual(before);
  });
});
