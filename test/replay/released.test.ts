import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { version } from '../../src/config/version.ts';
import { releasedHistories, savedHistories } from './released.ts';

describe('a release', () => {
  test('keeps each of its histories, byte for byte, under whatever name', () => {
    const saved = savedHistories();
    const released = [...releasedHistories()];

    const missing = released.filter(([digest]) => !saved.has(digest)).map(([, file]) => file);

    expect(released.length).toBeGreaterThan(100);
    expect(missing).toEqual([]);
  });

  test('has its version in the changelog', () => {
    expect(readFileSync('CHANGELOG.md', 'utf8')).toMatch(
      new RegExp(`^## ${version}, \\d{4}-`, 'm'),
    );
  });
});
