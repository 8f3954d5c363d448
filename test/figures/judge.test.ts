import { describe, expect, test } from 'vitest';
import {
  type Judgement,
  judge,
  NOT_JUDGED,
  OPENS_BY_PROOF,
  readingOf,
  readingOfFigure,
} from '../../src/figures/judge.ts';
import { drawing } from './drawing.ts';

const MINUTES = 30 * 24 * 60;
const LIMIT = 2;

describe('judge', () => {
  test('opens at most once in 43 200 samples of a value near its limit, where single samples open a thousand times', () => {
    const found = Array.from({ length: 12 }, (_, seed) => {
      const draw = drawing(seed);
      const values = Array.from({ length: MINUTES }, () => draw.lognormal(1.5, 0.15));
      return { ours: openings(values), single: singleOpenings(values) };
    });

    expect(Math.max(...found.map(({ ours }) => ours))).toBeLessThanOrEqual(1);
    expect(Math.min(...found.map(({ single }) => single))).toBeGreaterThan(500);
  });

  test('finds a real step in 4 samples, and in 98 of 100 cases by the fifth', () => {
    const draw = drawing(11);
    const needed = Array.from({ length: 300 }, () => {
      let state = after(Array.from({ length: 30 }, () => draw.lognormal(1.5, 0.15)));
      let samples = 0;
      for (; !state.open; samples += 1)
        state = judge(state, readingOf(draw.lognormal(2.6, 0.15), LIMIT));
      return samples;
    }).toSorted((one, other) => one - other);

    expect(needed[150]).toBeLessThanOrEqual(4);
    expect(needed[293]).toBeLessThanOrEqual(5);
  });

  test('closes after 5 that are well below the limit, and by none that is only just below', () => {
    const open = after([3, 3, 3, 3]);

    expect(open.open).toBe(true);
    expect(after([1, 1, 1, 1], open).open).toBe(true);
    expect(after([1, 1, 1, 1, 1], open).open).toBe(false);
    expect(
      after(
        Array.from({ length: 50 }, () => 1.95),
        open,
      ).open,
    ).toBe(true);
  });

  test('takes three failed proofs for a fault, and no two', () => {
    const failed = (count: number) =>
      Array.from({ length: count }).reduce<Judgement>(
        (state) => judge(state, 'bad', OPENS_BY_PROOF),
        NOT_JUDGED,
      );

    expect(failed(2).open).toBe(false);
    expect(failed(3).open).toBe(true);
  });

  test('knows nothing better by what could not be read', () => {
    const open = after([3, 3, 3, 3]);

    expect(judge(open, readingOfFigure({ verdict: 'unknown' }))).toBe(open);
    expect(judge(NOT_JUDGED, readingOfFigure({ verdict: 'not applicable' }))).toBe(NOT_JUDGED);
  });
});

function after(values: readonly number[], before: Judgement = NOT_JUDGED): Judgement {
  return values.reduce((state, value) => judge(state, readingOf(value, LIMIT)), before);
}

function openings(values: readonly number[]): number {
  let state = NOT_JUDGED;
  let count = 0;
  for (const value of values) {
    const next = judge(state, readingOf(value, LIMIT));
    if (next.open && !state.open) count += 1;
    state = next;
  }
  return count;
}

function singleOpenings(values: readonly number[]): number {
  return values.filter((value, index) => value > LIMIT && (values[index - 1] ?? 0) <= LIMIT).length;
}
