import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { reviewLog } from '../../../src/activities/logs/review/review.ts';
import { test } from '../../support/target.ts';
import { logOf, NOW, reviewAt, reviewOf, stateOf } from './support/review-at.ts';

describe('logs.review', () => {
  test('does nothing with whatever a line has in it, and needs no more memory for it', async ({
    target,
  }) => {
    const log = logOf(target, 'python');
    const evil = '\u001B]0;x\u0007\u202Egro\u2066<img src=x onerror=1>|`$(id)`\u0000';
    writeFileSync(log.file, `2026-11-30 12:00:00,000 - a - ERROR - ${evil} 1\n`);
    appendFileSync(
      log.file,
      `2026-11-30 12:00:01,000 - a - ERROR - ${evil} ${'9'.repeat(5_000_000)} ERROR\n`,
    );
    appendFileSync(log.file, Buffer.alloc(3_000_000, 0));
    appendFileSync(
      log.file,
      Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 256)),
    );
    appendFileSync(log.file, '\n2026-11-30 12:00:02,000 - a - ERROR - the last\n');
    appendFileSync(log.file, `2026-11-30 12:00:03,000 - a - ERROR - ${'x'.repeat(3_000_000)}`);
    const before = process.memoryUsage().rss;

    const review = await reviewAt(target, log, NOW);
    appendFileSync(
      log.file,
      `${'x'.repeat(3_000_000)}\n2026-11-30 12:00:04,000 - a - ERROR - one more\n`,
    );
    const next = await reviewAt(target, log, NOW);

    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
    expect([review.errors, next.errors]).toEqual([4, 5]);
    const texts = JSON.stringify([review, next, stateOf(target)]);
    expect(texts).not.toMatch(/\\u00(?:00|1b|07)|\u202E|\u2066/i);
    expect(texts.length).toBeLessThan(20_000);
  });

  test('keeps the number of different names small, whoever makes them up', async ({ target }) => {
    const letters = (index: number) =>
      index.toString(26).replaceAll(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)]!);
    const lines = Array.from(
      { length: 5000 },
      (_, index) => `2026-11-30 12:00:00,000 - a - ERROR - Word ${letters(index)} failed`,
    );

    const review = await reviewOf(target, 'python', lines);

    expect(review).toMatchObject({ errors: 5000 });
    expect(review.messages).toHaveLength(5);
    expect(JSON.stringify(stateOf(target)).length).toBeLessThan(20_000);
  });

  test.for([
    [
      'a link',
      (file: string) => symlinkSync('/etc/passwd', file),
      /is a link: name the file itself/,
    ],
    ['a directory', (file: string) => mkdirSync(file), /is a directory/],
    ['a FIFO', (file: string) => execFileSync('mkfifo', [file]), /is no regular file/],
    [
      'a file behind a linked directory',
      (file: string) => {
        renameSync(join(file, '..'), join(file, '../../elsewhere'));
        symlinkSync('elsewhere', join(file, '..'));
        writeFileSync(file, 'ERROR\n');
      },
      /lies behind a link/,
    ],
    ['nothing', () => {}, /^There is no /],
  ] as const)('refuses %s with words, at once', async ([, make, why], { target }) => {
    const log = logOf(target, 'text');
    make(log.file);

    await expect(reviewLog(target, log, NOW)).rejects.toThrow(why);
  });

  test('says what was lost: a log that was emptied, a record that somebody spoilt', async ({
    target,
  }) => {
    const log = logOf(target, 'python');
    writeFileSync(log.file, '2026-11-30 12:00:00,000 - a - ERROR - one\n');
    linkSync(log.file, `${log.file}.20260101_000000`);
    await reviewAt(target, log, NOW);
    renameSync(`${log.file}.20260101_000000`, join(target.directory, 'away'));
    truncateSync(log.file);
    const emptied = await reviewAt(target, log, NOW);
    appendFileSync(log.file, '2026-11-30 12:01:00,000 - a - ERROR - two\n');
    const next = await reviewAt(target, log, NOW);
    for (const name of readdirSync(join(target.state, 'log-review')))
      writeFileSync(join(target.state, 'log-review', name), '{"version":');
    const spoilt = await reviewAt(target, log, NOW);

    expect(emptied.findings).toEqual([
      expect.stringMatching(/^The file that was the log on .* is gone/),
    ]);
    expect(next).toMatchObject({ errors: 2, findings: [] });
    expect(spoilt).toMatchObject({ errors: 1, findings: [expect.stringContaining('begins anew')] });
  });

  test('names a file that cannot be unpacked, and reads what there is of it', async ({
    target,
  }) => {
    const log = logOf(target, 'text');
    writeFileSync(log.file, '2026-11-30 12:00:00 ERROR live\n');
    const whole = gzipSync(
      '2026-11-30 12:00:00 ERROR packed\n'.repeat(10) + randomBytes(50_000).toString('hex'),
    );
    for (const [name, bytes] of [
      ['1.gz', whole.subarray(0, 40_000)],
      ['2.zst', Buffer.from('nonsense')],
    ] as const) {
      writeFileSync(`${log.file}.${name}`, bytes);
      utimesSync(`${log.file}.${name}`, NOW / 1000 - 5, NOW / 1000 - 5);
    }

    const { errors, findings } = await reviewAt(target, log, NOW);

    expect(errors).toBe(11);
    expect(findings.toSorted()).toEqual(
      ['1.gz', '2.zst'].map((name) => `"${log.file}.${name}" cannot be unpacked to its end`),
    );
  });

  test.skipIf(process.getuid?.() !== 0)(
    'refuses another user’s file that was given the name of a log',
    async ({ target }) => {
      const log = logOf(target, 'text');
      const secret = join(target.directory, 'secret');
      writeFileSync(secret, 'password\n');
      linkSync(secret, log.file);
      chownSync(dirname(log.file), 65_534, 65_534);

      await expect(reviewLog(target, log, NOW)).rejects.toThrow(/has another name elsewhere/);
    },
  );
});
