import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { countText } from '../src/config/text/count-text.ts';

/** What is counted in texts for people. */
const NOUNS = `
  alerts answers attempts backups bytes cores dependencies drills entries files findings incidents keys lines logs members
  messages names notes pages pieces processes reports requests rows runs schedules services steps tables times tries`;
const COUNTED = new RegExp(
  String.raw`\$\{([^{}]*)\} (?:more )?(?:${NOUNS.trim().split(/\s+/).join('|')})\b`,
  'g',
);
/** Bounds are never one. */
const BOUND = /^[A-Z_]+$|=== 1 \?/;
/** It speaks of more than 64 KB, and knows no texts. */
const NEVER_ONE = 'src/worker-process/serve-jobs.ts';

describe('countText', () => {
  test('says one thing in the singular, and all else in the plural', () => {
    expect([0, 1, 2, 'no' as const].map((count) => countText(count, 'row'))).toEqual([
      '0 rows',
      '1 row',
      '2 rows',
      'no rows',
    ]);
    expect([1, 2].map((count) => countText(count, 'try', 'tries'))).toEqual(['1 try', '2 tries']);
  });

  test('makes every count of a text that people read', () => {
    const files = globSync('src/**/*.ts').filter((file) => file !== NEVER_ONE);
    const wrong = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(COUNTED)]
        .filter(([, count]) => !BOUND.test(count!))
        .map(([text]) => `${file}: ${text}`),
    );

    expect(wrong).toEqual([]);
  });
});
