import { writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { test } from '../../support/target.ts';
import { stampsIn } from '../../../src/activities/logs/read/stamps.ts';
import { generatedLog } from './support/generated-log.ts';
import { naiveCount } from './support/naive-count.ts';
import { logOf, NOW, reviewAt } from './support/review-at.ts';

const formats = ['python', 'json', 'access'] as const;
const ends = [
  ['LF', '\n'],
  ['CRLF', '\r\n'],
] as const;
const seeds = [1, 2, 3].map((seed) => seed + Number(process.env['RUNBOOK_SEED'] ?? 0));

describe('logs.review', () => {
  for (const format of formats)
    for (const [name, end] of ends)
      for (const seed of seeds)
        test(`counts of ${format} with ${name} what a naive reader does, seed ${seed}`, async ({
          target,
        }) => {
          const lines = generatedLog(format, seed);
          const log = logOf(target, format);
          writeFileSync(log.file, lines.map((line) => `${line}${end}`).join(''));

          const { errors, warnings, messages, types, alerts, events, logins } = await reviewAt(
            target,
            log,
            NOW,
          );

          const counted = { errors, warnings, messages, types, alerts, events, logins };
          expect(counted).toEqual(naiveCount(format, lines));
          expect(Math.min(errors, warnings)).toBeGreaterThan(500);
        });

  test('reads a stamp in its bytes as in its text, or leaves it to that', () => {
    const texts = [
      '13,123 -',
      '59,907 [',
      '13.123 -',
      '1x,123 -',
      '13,1 - a',
      '13,123 +02:00',
      '13,123 Z',
      '13,123\n',
    ];
    const stamps = stampsIn('Europe/Berlin');
    const read = texts.map((text) => {
      const line = `2026-11-30 12:37:${text} a`;
      stamps.leading('2026-11-30 12:37:00,000 - a');
      return [stamps.leadingBytes(Buffer.from(`x${line}`), 1), stamps.leading(line)];
    });

    expect(read.slice(0, 2).map(([bytes]) => bytes)).toEqual(
      read.slice(0, 2).map(([, text]) => text),
    );
    expect(read.slice(2).map(([bytes]) => bytes)).toEqual(Array(6).fill(NaN));
    expect(stamps.leadingBytes(Buffer.from('2026-11-30 12:37:00,000'), 0)).toBeNaN();
    expect(stamps.leadingBytes(Buffer.from('2026-11-30 12:38:00,000 - a'), 0)).toBeNaN();
  });
});
