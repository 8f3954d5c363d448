import { describe, expect } from 'vitest';
import { openClaim } from '../../src/state/claim.ts';
import { test } from '../support/target.ts';

const request = {
  stamp: '20260105_020000',
  wait: true,
  preempt: true,
  takeOverIncomplete: true,
  governed: false,
};

describe('a run that has released its target', () => {
  test('takes it no second time, and asks nobody to stop for it; another execution of its id does', async ({
    target,
  }) => {
    const claim = openClaim(target);
    const asked: string[] = [];
    const others = { isOpen: async () => true, stop: async (run: string) => void asked.push(run) };
    await claim.take('run', request, others, undefined, 'first');
    await claim.release('run', { cleanedUp: false, execution: 'first' });
    await claim.take('other', { ...request, preempt: false }, others, undefined, 'another');

    const again = claim.take('run', request, others, undefined, 'first');
    await expect(again).rejects.toMatchObject({ type: 'RunEnded', nonRetryable: true });
    expect(asked).toEqual([]);

    await claim.release('other', { cleanedUp: false, execution: 'another' });
    await expect(claim.take('run', request, others, undefined, 'second')).resolves.toMatchObject({
      unfinished: [],
    });
  });
});
