import { describe, expect, test } from 'vitest';
import { type Judged, judgeDamaged } from './damage.ts';
import { features } from './features.ts';

/** So many pages of each database, in four ways each. */
const PAGES = 8;

describe('a damaged page', () => {
  const judged: Judged[] = Object.keys(features).flatMap((name) => judgeDamaged(name, PAGES));

  test('is found in every kind of database, by quick_check and by integrity_check', () => {
    const missed = judged.filter(({ quick, full }) => quick !== 'damaged' || full !== 'damaged');

    expect(judged.length).toBeGreaterThan(1000);
    expect(missed).toEqual([]);
  });
});
