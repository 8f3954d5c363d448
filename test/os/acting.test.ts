import { describe, expect, test } from 'vitest';
import {
  acting,
  actingBeside,
  actingOnHost,
  acts,
  needsClaim,
  unclaimed,
} from '../../src/os/acting.ts';

describe('needsClaim', () => {
  test.each([
    ['acting', acting, { acts: true, needsClaim: true }],
    ['actingOnHost', actingOnHost, { acts: true, needsClaim: true }],
    ['actingBeside', actingBeside, { acts: true, needsClaim: false }],
    ['unclaimed', unclaimed, { acts: false, needsClaim: false }],
  ] as const)('tells of %s whether it is done under a claim', (_, mark, expected) => {
    const activity = mark(async () => 'done');

    expect({ acts: acts(activity), needsClaim: needsClaim(activity) }).toEqual(expected);
  });
});
