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
const stop = async () => {};
const open = { isOpen: async () => true, stop };
const closed = { isOpen: async () => false, stop };

describe('an attempt that Temporal has given up', () => {
  test('takes nothing when the target becomes free: its run may have ended by then', async ({
    target,
  }) => {
    const claim = openClaim(target);
    await claim.take('dead', wait, open);
    const over = Promise.withResolvers<void>();
    const working = claim.whileHeld('dead', () => over.promise);
    const attempt = new AbortController();

    const late = claim.take('stopped', wait, closed, attempt.signal);
    attempt.abort(new Error('stopped'));
    await expect(late).rejects.toThrow('stopped');
    over.resolve();
    await working;
    await claim.release('dead', { cleanedUp: false });

    await expect(claim.take('next', wait, closed)).resolves.toMatchObject({ unfinished: [] });
  });
});
