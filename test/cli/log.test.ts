import type { LogEntry } from '@temporalio/worker';
import { describe, expect, test } from 'vitest';
import { logLine, openTroubles } from '../../src/cli/output/log.ts';

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
    expect(logLine(entry)).toBeUndefined();
    expect(logLine(failure('repair/shop/1', 'held'))).toBe(
      '2026-01-05T02:00:00.000Z WARN  Activity failed: held  [target.take repair/shop/1]',
    );
  });

  test('remembers no more than a bounded number of troubles', () => {
    const isNews = openTroubles();
    for (let run = 0; run < 1001; run += 1) isNews(failure(`repair/shop/${run}`, 'held'));

    expect(isNews(failure('repair/shop/1000', 'held'))).toBe(false);
    expect(isNews(failure('repair/shop/0', 'held'))).toBe(true);
  });
});
