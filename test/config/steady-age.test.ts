import { describe, expect, test } from 'vitest';
import { steadyAge } from '../../src/config/time/steady-age.ts';

const DAY = 86_400_000;
const days = (count: number) => Array.from({ length: count }, (_, at) => at * DAY);

describe('steadyAge', () => {
  test('is what the clock says where things come evenly, also where one was missed', () => {
    const even = days(30).filter((time) => time !== 20 * DAY);

    expect(steadyAge(even, 30 * DAY, 2 * DAY)(0)).toBe(30 * DAY);
    expect(steadyAge(even, 30 * DAY, 2 * DAY)(25 * DAY)).toBe(5 * DAY);
  });

  test('counts no more of a jump than two of their distances, now and when more came after it', () => {
    const jumped = [...days(30), 100 * DAY, 101 * DAY];

    expect(steadyAge(days(30), 400 * DAY, 2 * DAY)(10 * DAY)).toBe(21 * DAY);
    expect(steadyAge(jumped, 102 * DAY, 2 * DAY)(10 * DAY)).toBe(23 * DAY);
    expect(steadyAge(jumped, 102 * DAY, 2 * DAY)(100 * DAY)).toBe(2 * DAY);
  });

  test('is what the clock says of too few, and leaves out what is ahead of it', () => {
    expect(steadyAge(days(3), 400 * DAY, 2 * DAY)(0)).toBe(400 * DAY);
    expect(steadyAge([...days(30), 900 * DAY], 30 * DAY, 2 * DAY)(0)).toBe(30 * DAY);
  });
});
