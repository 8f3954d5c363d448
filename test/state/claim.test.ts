import { fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect } from 'vitest';
import { openClaim } from '../../src/state/claim.ts';
import { test } from '../support/target.ts';
import { built } from '../support/built.ts';

const wait = {
  stamp: '20260105_020000',
  wait: true,
  preempt: false,
  takeOverIncomplete: false,
  governed: false,
};
const stopped: string[] = [];
const stop = async (run: string) => void stopped.push(run);
const open = { isOpen: async () => true, stop };
const closed = { isOpen: async () => false, stop };

describe('claim.take', () => {
  test('lets one run in, and tells the next who holds the target', async ({ target }) => {
    const claim = openClaim(target);

    await claim.take('first', wait, open);

    await expect(claim.take('second', wait, open)).rejects.toMatchObject({
      type: 'TargetLocked',
      nonRetryable: false,
      message: expect.stringContaining(`"${target.name}" is held by "first" since 2`),
    });
  });

  test('refuses for good a run that does not wait', async ({ target }) => {
    const claim = openClaim(target);

    await claim.take('first', wait, open);

    await expect(claim.take('second', { ...wait, wait: false }, open)).rejects.toMatchObject({
      type: 'TargetLocked',
      nonRetryable: true,
    });
  });

  test('is the same when a retry asks again', async ({ target }) => {
    const claim = openClaim(target);

    await claim.take('first', wait, open);
    await claim.take('first', wait, open);
    await claim.release('first', { cleanedUp: false });

    await expect(claim.take('second', wait, open)).resolves.toMatchObject({ unfinished: [] });
  });

  test('lets a child in above its parent, and the parent act again when it has left', async ({
    target,
  }) => {
    const claim = openClaim(target);
    await claim.take('parent', wait, open);

    await claim.take('parent/child', { ...wait, under: 'parent' }, open);
    const parentBelow = claim.whileHeld('parent', async () => 'acted');
    await expect(parentBelow).rejects.toMatchObject({ type: 'LockLost' });
    await claim.release('parent/child', { cleanedUp: false });

    await expect(claim.whileHeld('parent', async () => 'acted')).resolves.toBe('acted');
  });

  test('refuses a target whose holder ended without releasing it, unless it may take it over', async ({
    target,
  }) => {
    const claim = openClaim(target);
    await claim.take('dead', wait, open);

    await expect(claim.take('next', wait, closed)).rejects.toMatchObject({
      type: 'TargetIncomplete',
      nonRetryable: true,
    });
    await expect(
      claim.take('recovery', { ...wait, takeOverIncomplete: true }, closed),
    ).resolves.toMatchObject({ unfinished: [{ run: 'dead', stamp: '20260105_020000' }] });
    await expect(claim.whileHeld('dead', async () => 'acted')).rejects.toMatchObject({
      type: 'LockLost',
    });
  });

  test('stays incomplete until a run that took it over has put it right', async ({ target }) => {
    const claim = openClaim(target);
    const recover = { ...wait, takeOverIncomplete: true };
    await claim.take('dead', wait, open);

    await claim.take('dying repair', recover, closed);
    const second = await claim.take('repair', recover, closed);
    const retried = await claim.take('repair', recover, open);
    await claim.release('repair', { cleanedUp: false });
    await expect(claim.take('backup', wait, open)).rejects.toMatchObject({
      type: 'TargetIncomplete',
    });
    await claim.take('third repair', recover, open);
    await claim.release('third repair', { cleanedUp: true });

    expect(second.unfinished.map(({ run }) => run)).toEqual(['dead', 'dying repair']);
    expect(retried).toEqual(second);
    await expect(claim.take('backup', wait, open)).resolves.toMatchObject({ unfinished: [] });
  });

  test('gives an incomplete target to one of many that would take it over', async ({ target }) => {
    await openClaim(target).take('dead', wait, open);
    const others = { isOpen: async (holder: string) => holder !== 'dead', stop };

    const contenders = Array.from({ length: 20 }, (_, index) =>
      openClaim(target).take(
        `run ${index}`,
        { ...wait, wait: false, takeOverIncomplete: true },
        others,
      ),
    );
    const outcomes = await Promise.allSettled(contenders);

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('claim.take, preempting', () => {
  const preempt = { ...wait, preempt: true };

  test('asks the run at the root to stop, and gets in when it has released the target', async ({
    target,
  }) => {
    const claim = openClaim(target);
    await claim.take('window', wait, open);
    await claim.take('window/backup', { ...wait, under: 'window' }, open);
    stopped.length = 0;

    const refused = claim.take('recovery', preempt, open);
    await expect(refused).rejects.toMatchObject({
      type: 'TargetLocked',
      nonRetryable: false,
      message: expect.stringMatching(/"window\/backup" .*: asked it to stop$/),
    });
    await claim.release('window/backup', { cleanedUp: false });
    await claim.release('window', { cleanedUp: false });

    await expect(claim.take('recovery', preempt, open)).resolves.toMatchObject({ unfinished: [] });
    expect(stopped).toEqual(['window']);
  });

  test('waits for a run that would ask the same of others', async ({ target }) => {
    const claim = openClaim(target);
    await claim.take('first recovery', preempt, open);
    stopped.length = 0;

    await expect(claim.take('second recovery', preempt, open)).rejects.toMatchObject({
      type: 'TargetLocked',
    });
    expect(stopped).toEqual([]);
  });
});

describe('claim.whileHeld', () => {
  test('keeps the next run out until the work of a dead run has ended', async ({ target }) => {
    const events: string[] = [];
    const claim = openClaim(target);
    await claim.take('dead', wait, open);
    const work = claim.whileHeld('dead', async () => {
      events.push('begins');
      await new Promise((settle) => setTimeout(settle, 300));
      events.push('ends');
    });

    await openClaim(target).take('next', { ...wait, takeOverIncomplete: true }, closed);
    events.push('taken over');
    await work;

    expect(events).toEqual(['begins', 'ends', 'taken over']);
  });

  test('refuses an attempt that Temporal has given up while it waited', async ({ target }) => {
    const claim = openClaim(target);
    await claim.take('run', wait, open);

    const late = claim.whileHeld('run', async () => 'acted', Date.now() - 1);

    await expect(late).rejects.toMatchObject({ type: 'TooLate', nonRetryable: true });
  });

  test('frees the lock when the process that works is killed', async ({
    target,
    onTestFinished,
  }) => {
    const claim = openClaim(target);
    await claim.take('run', wait, open);
    const worker = fork(built('test/support/hold-claim.ts'), {
      execArgv: [],
      serialization: 'json',
    });
    onTestFinished(() => void worker.kill('SIGKILL'));
    worker.send(target);
    await once(worker, 'message');

    const blocked = claim.whileHeld('run', async () => 'acted');
    const early = await Promise.race([
      blocked,
      new Promise((settle) => setTimeout(settle, 200, 'blocked')),
    ]);
    worker.kill('SIGKILL');

    expect(early).toBe('blocked');
    await expect(blocked).resolves.toBe('acted');
  });
});
