import { playRunbooks } from './matrix.ts';

/** A sample, for every day. All cells: every-runbook.full.test.ts. */
await playRunbooks('sample');
