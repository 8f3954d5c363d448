import { expect, test } from 'vitest';
import { outermost } from '../../src/config/run-id.ts';

test('a run stands for the runs that are parts of it, and for no other', () => {
  const window = 'maintenance-window/demo/20260301_020000';
  const later = 'maintenance-window/demo/20260301_020000.2';

  expect(outermost([`${window}/backup`, window, later, `${window}/optimise.2`])).toEqual([
    window,
    later,
  ]);
  expect(outermost([`${window}/backup`])).toEqual([`${window}/backup`]);
});
