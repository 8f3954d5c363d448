import { describe, expect } from 'vitest';
import { containmentActivities } from '../../../src/activities/containment/containment-activities.ts';
import { runtimeActivities } from '../../../src/activities/runtime/runtime-activities.ts';
import { readStopped, writeStopped } from '../../../src/state/stopped.ts';
import { LIVES, test } from './support/applications.ts';

const record = {
  by: 'ops-1',
  because: 'the disk is changed',
  at: '2026-01-05T02:00:00.000Z',
  run: 'stop-application/shop/1',
};

describe('an application that was stopped on purpose', () => {
  test('is started when a person asks for it, and by nothing else', async ({ targetFor }) => {
    const target = targetFor(LIVES);
    const runtime = runtimeActivities(target);
    writeStopped(target, record);

    const refused = await runtime.start();
    const lifted = await runtime.start({ lifting: true });
    const down = await runtime.describe();
    const asked = await runtime.start({ asked: true });

    expect(refused).toMatchObject({
      changed: false,
      contained: { note: expect.stringMatching(/^Stopped on purpose by ops-1 /) },
    });
    expect(lifted.contained).toBeDefined();
    expect(down.running).toBe(false);
    expect(asked).toMatchObject({ changed: true });
    expect(readStopped(target)).toBeUndefined();
  });

  test('may be started when its time is over', async ({ targetFor }) => {
    const target = targetFor(LIVES);
    writeStopped(target, { ...record, until: new Date(Date.now() - 1000).toISOString() });

    expect(await runtimeActivities(target).start()).toMatchObject({ changed: true });
  });

  test('and was started by hand since is none any more: who stops it starts it again', async ({
    targetFor,
  }) => {
    const target = targetFor(LIVES);
    const runtime = runtimeActivities(target);
    await runtime.start();
    writeStopped(target, record);

    const found = await containmentActivities(target).find();
    await runtime.stop();
    const again = await runtime.start();

    expect(found).toEqual({ startedSince: expect.objectContaining(record) });
    expect(again).toMatchObject({ changed: true });
  });

  test('and was started by hand since is told by whoever starts it: whose stop is over', async ({
    targetFor,
  }) => {
    const target = targetFor(LIVES);
    const runtime = runtimeActivities(target, 'repair/shop/1');
    await runtime.start();
    writeStopped(target, record);

    const started = await runtime.start();
    const again = await runtime.start();
    writeStopped(target, { ...record, run: 'another' });
    const stopped = await runtime.stop();
    const back = await runtimeActivities(target, 'repair/shop/2').start();
    const later = await runtimeActivities(target, 'repair/shop/3').start();

    expect(started.endedStop).toBe(record.run);
    // A try after a crash answers the same.
    expect(again.endedStop).toBe(record.run);
    expect([stopped.endedStop, back.endedStop]).toEqual(['another', 'another']);
    expect(later.endedStop).toBeUndefined();
  });

  test('gently is not killed when it goes on after its grace', async ({ targetFor }) => {
    const target = targetFor("trap '' TERM; while :; do sleep 0.1; done", '1s');
    const runtime = runtimeActivities(target);
    await runtime.start();

    const gentle = runtime.stop({ gently: true });

    await expect(gentle).rejects.toMatchObject({ type: 'StopHangs' });
    expect((await runtime.describe()).running).toBe(true);
    await runtime.stop();
    expect((await runtime.describe()).running).toBe(false);
  });
});
