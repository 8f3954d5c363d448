import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, vi } from 'vitest';
import {
  type Block,
  hasBlocks,
  withBlocks,
} from '../../../src/activities/security/block/block-record.ts';
import { Security } from '../../../src/config/schema/security/security.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { test } from '../../support/target.ts';

const HOUR = 3_600_000;

afterEach(() => void vi.useRealTimers());

describe('the record of blocks', () => {
  test('ends a block on time when the clock is set back, and not before when it is set forward', ({
    target,
  }) => {
    inProxy(target);
    const real = Date.now();
    put(target, { until: iso(real + HOUR) });

    const back = at(real - 5 * HOUR, () => live(target));
    const forward = at(real + 5 * HOUR, () => live(target));

    // As the clock goes then: an hour from now, which the kernel counts itself.
    expect(Date.parse(back[0]!.until) - (real - 5 * HOUR)).toBeLessThan(HOUR + 5000);
    expect(Date.parse(forward[0]!.until) - (real + 5 * HOUR)).toBeGreaterThan(HOUR - 60_000);
  });

  test('goes by the clock after the machine was started anew', ({ target }) => {
    inProxy(target);
    const real = Date.now();
    put(target, { until: iso(real + HOUR) });
    const file = join(target.state, 'security/blocks.db');
    withSqlite(file, "update block set boot = 'of another start'");

    expect(at(real + 2 * HOUR, () => live(target))).toEqual([]);
    expect(at(real + HOUR / 2, () => live(target))).toHaveLength(1);
  });

  test('keeps the longer of two times, and forgets what is over', ({ target }) => {
    inProxy(target);
    const now = Date.now();
    put(target, { until: iso(now + HOUR) });
    put(target, { until: iso(now + HOUR / 2), run: 'another' });
    expect(live(target)).toMatchObject([{ run: 'one', until: iso(now + HOUR) }]);
    put(target, { until: iso(now - 1), address: '203.0.113.8' });

    const forgotten = withBlocks(target, (blocks) => blocks.forget(iso(now), target.name));

    expect([forgotten, live(target).length, hasBlocks(target)]).toEqual([true, 1, true]);
  });
});

function inProxy(target: SqliteTarget): void {
  target.security = Security.parse({ block: { kind: 'nginx', include: '/nowhere/blocked.conf' } });
}

function put(target: SqliteTarget, change: Partial<Block>): void {
  withBlocks(target, (blocks) =>
    blocks.put({
      address: '203.0.113.7',
      target: target.name,
      since: iso(Date.now()),
      until: iso(Date.now()),
      run: 'one',
      reason: 'x',
      ...change,
    }),
  );
}

function live(target: SqliteTarget): Block[] {
  return withBlocks(target, (blocks) => blocks.live(iso(Date.now()), target.name));
}

/** While the machine's clock says so. */
function at<Result>(time: number, work: () => Result): Result {
  vi.useFakeTimers({ now: time, toFake: ['Date'] });
  try {
    return work();
  } finally {
    vi.useRealTimers();
  }
}

function withSqlite(file: string, sql: string): void {
  const db = new Database(file);
  db.exec(sql);
  db.close();
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
