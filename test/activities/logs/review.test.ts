import { appendFileSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { test } from '../../support/target.ts';
import { logOf, NOW, reviewAt, reviewOf } from './support/review-at.ts';

const HOUR = 3_600_000;

describe('logs.review', () => {
  test('reads any layout of Python’s logging, and tells an exception from a word', async ({
    target,
  }) => {
    const review = await reviewOf(target, 'python', [
      '2026-11-30 12:00:00,123 - app.db - ERROR - Query 1 failed for "ann"',
      'Traceback (most recent call last):',
      '  File "a.py", line 1, in f',
      'KeyError: 1',
      '',
      'During handling of the above exception, another exception occurred:',
      '',
      'Traceback (most recent call last):',
      '  File "b.py", line 2, in g',
      'sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) database is locked',
      '[Background on this error at: https://sqlalche.me/e/20/e3q8]',
      '2026-11-30T12:00:01.5Z [CRITICAL] app: Query 2 failed for "ben"',
      'ERROR:root:Disk 3 is full',
      '[2026-11-30 12:00:02 +0000] [7] [WARNING] SLOW QUERY: 900 ms, then a TIMEOUT',
      '2026-11-30 12:00:03.001 Uncaught app exception',
      'Traceback (most recent call last):',
      '  File "/app/ERROR.py", line 1, in f',
      'ZeroDivisionError: division by zero',
      '2026-11-30 12:00:04,000 - ERRORS - INFO - no ERROR, and no WARNING',
      '2026-11-30 12:00:05,000 - auth - WARNING - Failed login for ann from 10.0.0.7',
    ]);

    expect(review).toMatchObject({
      errors: 4,
      warnings: 2,
      types: [
        { name: 'no exception', count: 1 },
        { name: 'no exception, of root', count: 1 },
        { name: 'sqlalchemy.exc.OperationalError', count: 1 },
        { name: 'ZeroDivisionError', count: 1 },
      ],
    });
    expect(review.alerts).toEqual([
      { name: 'SLOW QUERY', count: 1 },
      { name: 'TIMEOUT', count: 1 },
    ]);
    expect(review.logins).toEqual([{ name: '10.0.0.7', count: 1 }]);
    expect(review.newest).toBe('2026-11-30T12:00:05.000Z');
  });

  test('reads what nginx writes, combined and in JSON, and telemetry', async ({ target }) => {
    const access = await reviewOf(target, 'access', [
      '10.0.0.1 - - [30/Nov/2026:13:00:00 +0100] "GET /export/7?token=s3cret HTTP/1.1" 502 1 "-" "x \\" 500 y"',
      '10.0.0.2 - ann [30/Nov/2026:12:00:01 +0000] "POST /login HTTP/1.1" 401 1 "-" "curl"',
      '10.0.0.3 - - [30/Nov/2026:12:00:02 +0000] "GET /500 HTTP/1.1" 200 500 "-" "x"',
      '{"msec":1796040003.5,"status":504,"request":"GET /a?b HTTP/1.1","remote_addr":"10.0.0.4"}',
      'nonsense',
    ]);
    const telemetry = await reviewOf(target, 'json', [
      '{"timestamp":"2026-11-30T12:00:00Z","event_type":"page_view"}',
      '{"timestamp":"2026-11-30T12:00:00Z","event_type":"page_view"}',
      '{"timestamp":"2026-11-30T12:00:00Z","event_type":"__proto__","level":"ERROR","message":"x","error_type":"ValueError"}',
      '[1]',
      '{"half":',
    ]);

    expect(access).toMatchObject({
      errors: 2,
      warnings: 1,
      logins: [{ name: '10.0.0.2', count: 1 }],
    });
    expect(access.types.map(({ name }) => name)).toEqual(['HTTP 502', 'HTTP 504']);
    expect(JSON.stringify(access)).not.toContain('s3cret');
    expect(access.findings).toEqual(['1 new line of it is not what "format: access" says']);
    expect(telemetry.events).toEqual([
      { name: 'page_view', count: 2 },
      { name: '(others)', count: 1 },
    ]);
    expect(telemetry).toMatchObject({ errors: 1, types: [{ name: 'ValueError', count: 1 }] });
    expect(telemetry.findings).toEqual(['2 new lines of it are not what "format: json" says']);
  });

  test('tells the last day by stamps, however far back the log goes, and whatever its file’s time is', async ({
    target,
  }) => {
    const log = logOf(target, 'python');
    const line = (at: number, text: string) => `${new Date(at).toISOString()} ERROR app: ${text}\n`;
    const days = Array.from({ length: 8000 }, (_, index) =>
      line(NOW - 60 * HOUR + index * 27_000, 'x'.repeat(50)),
    );
    writeFileSync(log.file, days.join(''));
    const inDay = days.filter(
      (_, index) => NOW - 60 * HOUR + index * 27_000 >= Date.parse('2026-11-29T12:00:00Z'),
    ).length;

    const first = await reviewAt(target, log, NOW);
    const later = await reviewAt(target, log, NOW + 10 * HOUR);

    expect(first).toMatchObject({ errors: inDay, since: '2026-11-29T12:00:00.000Z' });
    expect(first.read).toBeLessThan(inDay * 91 + 65_536 + 200);
    expect(later).toMatchObject({ read: 0, since: '2026-11-29T22:00:00.000Z' });
    expect(later.errors).toBe(
      days.filter(
        (_, index) => NOW - 60 * HOUR + index * 27_000 >= Date.parse('2026-11-29T22:00:00Z'),
      ).length,
    );
  });

  test('takes stamps for those of the log’s time zone, also where clocks change', async ({
    target,
  }) => {
    const log = logOf(target, 'python', 'Europe/Berlin');
    writeFileSync(log.file, '2026-11-30 13:10:00,000 - a - ERROR - x\n');

    const review = await reviewAt(target, log, NOW);

    expect(review).toMatchObject({ newest: '2026-11-30T12:10:00.000Z', findings: [] });
  });

  test('tells a burst against the median of the same hour of four weeks, and says nothing without a history', async ({
    target,
  }) => {
    const log = logOf(target, 'python');
    const hour = Date.parse('2026-11-30T11:00:00Z');
    const errors = (at: number, count: number) =>
      Array.from(
        { length: count },
        (_, index) => `${new Date(at + index * 1000).toISOString()} ERROR app: x\n`,
      ).join('');
    writeFileSync(log.file, errors(NOW - 28 * 24 * HOUR - 24 * HOUR, 1));
    await reviewAt(target, log, NOW - 28 * 24 * HOUR - 23 * HOUR);
    for (const week of [4, 3, 2, 1])
      appendFileSync(log.file, errors(hour - week * 7 * 24 * HOUR, 20));
    appendFileSync(log.file, errors(NOW - 2 * HOUR, 5) + errors(hour, 60));

    const told = await reviewAt(target, log, NOW);
    const calm = await reviewOf(target, 'text', [errors(hour, 60)]);

    expect(told.findings).toEqual([
      '60 errors in the hour from 2026-11-30T11:00Z: 20 are usual then',
    ]);
    expect(calm.findings).toEqual([]);
  });

  test('tells silence by content, though the file was touched, and a clock that stands wrong', async ({
    target,
  }) => {
    const log = logOf(target, 'python');
    writeFileSync(log.file, '2026-11-28 12:00:00,000 - a - INFO - the last\n');
    const silent = await reviewAt(target, log, NOW);
    appendFileSync(log.file, '2026-11-30 15:37:12,000 - a - INFO - too soon\n');
    const ahead = await reviewAt(target, log, NOW);
    const behind = logOf(target, 'text');
    writeFileSync(behind.file, '2026-11-30 07:37:12 INFO late\n');
    const late = await reviewAt(target, behind, NOW);

    expect(silent.findings).toEqual([
      'No line since 2026-11-28T12:00Z, 49 h: what is usual is not known yet',
    ]);
    expect(ahead.findings[0]).toContain(
      'is of 2026-11-30T15:37Z, 3 h ahead of the clock: its time zone is not "UTC"',
    );
    expect(late.findings[0]).toContain(
      'its newest line is of 2026-11-30T07:37Z: its time zone is not "UTC"',
    );
  });
});
