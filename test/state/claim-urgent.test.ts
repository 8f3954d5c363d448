import { describe, expect } from 'vitest';
import { openClaim } from '../../src/state/claim.ts';
import { test } from '../support/target.ts';

const wait = {
  stamp: '20260105_020000',
  wait: true,
  preempt: false,
  takeOverIncomplete: false,
  governed: false,
};
const stopped: string[] = [];
const open = { isOpen: async () => true, stop: async (run: string) => void stopped.push(run) };

describe('claim.take of a sev1', () => {
  const urgent = { ...wait, urgent: true };
  const waiting = { ...open, givesWay: async (run: string) => run === 'window/backup' };

  test('asks the run at the root to stop when the one on top only waits for people', async ({
    target,
  }) => {
    const claim = openClaim(target);
    await claim.take('window', wait, open);
    await claim.take('window/backup', { ...wait, under: 'window' }, open);
    stopped.length = 0;

    await expect(claim.take('application-down', urgent, waiting)).rejects.toMatchObject({
      type: 'TargetLocked',
      nonRetryable: false,
      message: expect.stringMatching(/it only waits for people: asked it to stop$/),
    });
    expect(stopped).toEqual(['window']);
  });

  test('waits as any other for a run that works, and for one that others give way to', async ({
    target,
  }) => {
    const claim = openClaim(target);
    await claim.take('backup', wait, open);
    stopped.length = 0;
    await expect(claim.take('application-down', urgent, waiting)).rejects.toThrow(/since \S+$/);
    // No sev1: nothing gives way to it.
    await expect(claim.take('rotation', wait, waiting)).rejects.toThrow(/since \S+$/);
    await claim.release('backup', { cleanedUp: false });
    await claim.take('window/backup', { ...wait, preempt: true }, open);

    await expect(claim.take('application-down', urgent, waiting)).rejects.toThrow(/since \S+$/);
    expect(stopped).toEqual([]);
  });
});
