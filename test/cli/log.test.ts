import type { LogEntry } from '@temporalio/worker';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { beginLog, endLog } from '../../src/cli/output/log-format.ts';
import { bounded, recordJson } from '../../src/cli/output/log-record.ts';
import { logRecord, openTroubles, recordText } from '../../src/cli/output/log.ts';
import { say, sayNews, sayOf } from '../../src/cli/output/say.ts';
import { runbook } from './support/runbook.ts';

afterEach(() => {
  endLog();
  vi.restoreAllMocks();
});

function failure(workflowId: string, message: string): LogEntry {
  return {
    level: 'WARN',
    timestampNanos: 1_767_578_400_000_000_000n,
    message: 'Activity failed',
    meta: { workflowId, activityType: 'target.take', error: new Error(message) },
  };
}

describe("the worker's log", () => {
  test('tells the trouble of a run once, however often it is tried again', () => {
    const isNews = openTroubles();
    const held = '"shop" is held by "daily-backup/shop/20260105_020000"';

    expect([1, 2, 3].map(() => isNews(failure('repair/shop/1', held)))).toEqual([
      true,
      false,
      false,
    ]);
    expect(isNews(failure('repair/shop/2', held))).toBe(true);
    expect(isNews(failure('repair/shop/1', `${held}: asked it to stop`))).toBe(true);
  });

  test('tells what is about no activity each time, and what is always so never', () => {
    const isNews = openTroubles();
    const entry = { ...failure('run', 'x'), meta: {}, message: 'Worker state changed' };

    expect([isNews(entry), isNews(entry)]).toEqual([true, true]);
    expect(logRecord(entry)).toBeUndefined();
    expect(recordText(logRecord(failure('repair/shop/1', 'held'))!)).toBe(
      '2026-01-05T02:00:00.000Z WARN  Activity failed: held  [target.take repair/shop/1]',
    );
  });

  test('remembers no more than a bounded number of troubles', () => {
    const isNews = openTroubles();
    for (let run = 0; run < 1001; run += 1) isNews(failure(`repair/shop/${run}`, 'held'));

    expect(isNews(failure('repair/shop/1000', 'held'))).toBe(false);
    expect(isNews(failure('repair/shop/0', 'held'))).toBe(true);
  });

  test('is a line an event, whatever an error is made of, and of a bounded length', () => {
    const { workflowId: run } = failure('repair/shop/1', '').meta!;
    const text = recordText(
      logRecord(failure(run, `a\n2026-01-05 INFO forged\u001B[2J${'x'.repeat(1e6)}`))!,
    );

    expect(text).toMatch(
      /: a; 2026-01-05 INFO forged\uFFFDx+… \(\d+ more\)  \[target\.take repair\/shop\/1\]$/,
    );
    expect(text.length).toBeLessThan(2200);
  });

  test('tells once a minute that Temporal does not answer, and not for each of the calls that wait', () => {
    const isNews = openTroubles();
    const retried = (second: number, times: number, call = 'poll_workflow_task_queue') =>
      isNews({
        level: 'WARN',
        timestampNanos: 1_767_578_400_000_000_000n + BigInt(second) * 1_000_000_000n,
        message: `gRPC call ${call} retried ${times} times`,
        meta: { error: 'tcp connect error' },
      });

    expect([retried(0, 6), retried(0, 6), retried(9, 7), retried(61, 9)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(retried(1, 6, 'poll_activity_task_queue')).toBe(true);
  });

  test('remembers what is long by its beginning and its length', () => {
    const isNews = openTroubles();
    const long = 'x'.repeat(1e6);

    expect(isNews(failure('repair/shop/1', long))).toBe(true);
    expect(isNews(failure('repair/shop/1', long))).toBe(false);
    expect(isNews(failure('repair/shop/1', `${long}y`))).toBe(true);
  });
});

describe('a log of JSON', () => {
  const written = () => {
    const lines: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
    return lines;
  };
  const read = (lines: readonly string[]) =>
    lines.map((line) => {
      expect(line).toMatch(/^[^\n]+\n$/);
      return JSON.parse(line) as Record<string, unknown>;
    });

  test('has of each event when, how grave, what, and which run, target and call', () => {
    const record = logRecord(failure('repair/shop/1', 'held\nby "x"\u202E'))!;

    expect(recordJson(record)).not.toContain('\u202E');
    expect(JSON.parse(recordJson(record))).toEqual({
      time: '2026-01-05T02:00:00.000Z',
      level: 'WARN',
      message: 'Activity failed',
      error: 'held\nby "x"\u202E',
      run: 'repair/shop/1',
      target: 'shop',
      activity: 'target.take',
    });
    const idle = { ...failure('', ''), meta: { taskQueue: 'target-shop' } };
    expect(logRecord(idle)).toMatchObject({ target: 'shop', queue: 'target-shop' });
  });

  test('takes what is said for a person in, too', () => {
    const lines = written();
    beginLog('json');
    say('Serving shop', '', 'Warning: a\nb');
    say('Error: Cannot x', 'Try: y');
    sayOf({ target: 'shop' }, 'Warning: Cannot measure "shop"');
    sayNews('Cannot read 1 alert of x');
    sayNews('Ada answered by a link', { level: 'INFO', run: 'repair/shop/1' });

    expect(read(lines)).toMatchObject([
      { level: 'INFO', message: 'Serving shop' },
      { level: 'WARN', message: 'a\nb' },
      { level: 'ERROR', message: 'Cannot x', hint: 'y' },
      { level: 'WARN', message: 'Cannot measure "shop"', target: 'shop' },
      { level: 'WARN', message: 'Cannot read 1 alert of x' },
      { level: 'INFO', run: 'repair/shop/1' },
    ]);
  });

  test('bounds each text, in text, too, and leaves no half letter', () => {
    const lines = written();
    beginLog('json');
    say(`Warning: ${'x'.repeat(1e6)}`);
    beginLog('text');
    say('x'.repeat(3000));
    endLog();
    say('x'.repeat(3000));

    expect(lines.map((line) => line.length)).toEqual([
      expect.toSatisfy((length: number) => length < 2200),
      expect.toSatisfy((length: number) => length > 2000 && length < 2050),
      3001,
    ]);
    expect(bounded(`${'x'.repeat(1999)}😀😀`)).toBe(`${'x'.repeat(1999)}… (4 more)`);
  });

  test('holds the error with which a worker ends, and refuses another format', async () => {
    const json = await runbook(['worker', 'no-such', '--log-format', 'json']);
    const [other, byVariable] = await Promise.all([
      runbook(['gateway', '--log-format', 'xml']),
      runbook(['watchdog', 'no-such'], { RUNBOOK_LOG_FORMAT: 'json' }),
    ]);

    expect([
      json.exitCode,
      ...read(json.stderr.split(/(?<=\n)/).map((l) => `${l.trimEnd()}\n`)),
    ]).toEqual([
      2,
      expect.objectContaining({
        level: 'ERROR',
        message: expect.stringContaining('no-such'),
        hint: expect.any(String),
      }),
    ]);
    expect([other.exitCode, other.stderr]).toEqual([
      2,
      expect.stringContaining('Cannot log as "xml"'),
    ]);
    expect(JSON.parse(byVariable.stderr)).toMatchObject({ level: 'ERROR' });
  });
});
