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
const open = { isOpen: async () => true, stop: async () => {} };

describe('the stamp of a run', () => {
  test('is of no other run, though both begin in the same second', async ({ target }) => {
    const claim = openClaim(target);
    const ask = { ...wait, named: false };

    const first = await claim.take('first', ask, open);
    const again = await claim.take('first', ask, open);
    await claim.release('first', { cleanedUp: false });
    const second = await claim.take('second', ask, open);
    await claim.release('second', { cleanedUp: false });
    const chosen = await claim.take('third', { ...ask, named: true }, open);

    expect([first.stamp, again.stamp, second.stamp, chosen.stamp]).toEqual([
      '20260105_020000',
      '20260105_020000',
      '20260105_020001',
      '20260105_020000',
    ]);
  });
});
