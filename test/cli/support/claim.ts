import type { ClaimRequest, Others } from '../../../src/state/claim.ts';

/** Asks for a target as a run does that does not wait. */
export const request: ClaimRequest = {
  stamp: '20260105_020000',
  wait: false,
  preempt: false,
  takeOverIncomplete: false,
  governed: false,
};

/** All others are open, and none is asked to stop. */
export const others: Others = { isOpen: async () => true, stop: async () => {} };
