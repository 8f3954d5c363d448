import { describe, expect, test } from 'vitest';
import { nearest } from '../../src/config/nearest.ts';

describe('nearest', () => {
  test.each([
    ['databse', ['name', 'database', 'directory'], 'database'],
    ['DATABASE', ['name', 'database'], 'database'],
    ['daily-bakup', ['daily-backup', 'weekly-backup'], 'daily-backup'],
    ['env', ['command', 'environment'], 'environment'],
    ['too', ['to', 'after', 'when'], 'to'],
  ])('takes "%s" in %j for "%s"', (word, known, meant) => {
    expect(nearest(word, known)).toBe(meant);
  });

  test('guesses nothing when nothing is near', () => {
    expect(nearest('xyzzy', ['name', 'database'])).toBeUndefined();
    expect(nearest('x', ['to'])).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
  });
});
