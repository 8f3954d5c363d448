import { describe, expect } from 'vitest';
import {
  carriedTo,
  ensurePlace,
  openPlaceReader,
  placeOf,
  renewPlace,
} from '../../src/state/place.ts';
import { test } from '../support/target.ts';

describe('renewPlace', () => {
  test('gives a state directory another id, and keeps the ones that it had', async ({ target }) => {
    const first = await ensurePlace(target);
    const second = await renewPlace(target);
    const third = await renewPlace(target);

    expect(new Set([first, second, third]).size).toBe(3);
    expect(await placeOf(target)).toBe(third);
    expect(await carriedTo(target)).toEqual([first, second]);
    expect(await openPlaceReader(target)()).toMatchObject({
      place: third,
      carried: [first, second],
    });
  });

  test('keeps as many as a worker may tell of itself', async ({ target }) => {
    await ensurePlace(target);
    const all: string[] = [];
    for (let count = 0; count < 25; count += 1) all.push(await renewPlace(target));

    expect(await carriedTo(target)).toEqual(all.slice(4, 24));
  });
});
