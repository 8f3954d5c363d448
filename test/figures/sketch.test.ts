import { describe, expect, test } from 'vitest';
import {
  decodeSketch,
  encodeSketch,
  mergeSketches,
  percentileOf,
  sketchOf,
} from '../../src/figures/sketch.ts';
import { drawing } from './drawing.ts';

const SHARES = [0.01, 0.5, 0.95, 0.99, 1];

describe('a sketch', () => {
  test('of a day with one bad hour is within 2 % of the exact percentiles after 24 hours are merged', () => {
    const draw = drawing(7);
    const hours = Array.from({ length: 24 }, (_, hour) =>
      Array.from({ length: 2700 }, () => draw.lognormal(hour === 14 ? 1.2 : 0.03, 0.6)),
    );
    const day = hours.flat().toSorted((one, other) => one - other);

    const blobs = hours.map((hour) => encodeSketch(sketchOf(hour)));
    const merged = mergeSketches(blobs.map(decodeSketch));

    expect(merged.n).toBe(64_800);
    for (const share of SHARES) {
      const exact = day[Math.max(0, Math.ceil(share * day.length) - 1)]!;
      expect(Math.abs(percentileOf(merged, share)! / exact - 1)).toBeLessThan(0.02);
    }
    // What the mean of 24 percentiles would have said.
    const mean = hours.reduce((sum, hour) => sum + percentileOf(sketchOf(hour), 0.95)!, 0) / 24;
    expect(mean / percentileOf(merged, 0.95)!).not.toBeCloseTo(1, 0);
  });

  test('keeps zero, negative, tiny and huge values in their order', () => {
    const values = [-5e300, -3, -1e-300, 0, 0, 5e-324, 2, 1e308];
    const sketch = decodeSketch(encodeSketch(sketchOf(values)));

    const found = values.map((_, index) => percentileOf(sketch, (index + 1) / values.length)!);

    expect(found.map(Math.sign)).toEqual([-1, -1, -1, 0, 0, found[5] === 0 ? 0 : 1, 1, 1]);
    expect(found[1]).toBeCloseTo(-3, 1);
    expect(found[6]).toBeCloseTo(2, 1);
  });

  test('is the same after it was written, and small: an hour of 60 noisy values', () => {
    const draw = drawing(3);
    const sketch = sketchOf(Array.from({ length: 60 }, () => draw.lognormal(1.5, 0.15)));

    const bytes = encodeSketch(sketch);

    expect(decodeSketch(bytes)).toEqual({
      n: 60,
      buckets: new Map([...sketch.buckets].toSorted(([one], [other]) => one - other)),
    });
    expect(bytes.length).toBeLessThan(50);
    expect(encodeSketch(sketchOf(Array.from({ length: 60 }, () => 7)))).toHaveLength(4);
  });

  test('refuses what is no number, which would spoil all that comes after it', () => {
    for (const value of [Number.NaN, Infinity, -Infinity])
      expect(() => sketchOf([1, value])).toThrow(RangeError);
  });

  test('refuses bytes that are no sketch', () => {
    for (const bytes of [[0x80], [3], [4, 0], [255, 255, 255, 255, 255, 255, 255, 255]])
      expect(() => decodeSketch(Uint8Array.from(bytes))).toThrow(RangeError);
  });

  test('of nothing has no percentile', () => {
    const empty = decodeSketch(encodeSketch(sketchOf([])));

    expect(empty.n).toBe(0);
    expect(percentileOf(empty, 0.5)).toBeUndefined();
  });
});
