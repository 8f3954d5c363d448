import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { countersIn } from '../../../src/activities/health/judging/counters.ts';
import { judged, limitsOf } from '../../../src/activities/health/judging/judged.ts';
import {
  actionRunbooks,
  manualActionFor,
} from '../../../src/activities/health/judging/manual-actions.ts';
import { ownSlowness } from '../../../src/activities/health/judging/own-slowness.ts';
import { processorTimes } from '../../../src/activities/host/processor-times.ts';
import { measured, plain } from '../../../src/activities/health/sampling.ts';
import { catalogue } from '../../../src/client/catalogue.ts';
import { Metrics } from '../../../src/config/schema/measuring/metrics.ts';
import { test } from '../../support/target.ts';

describe('judged', () => {
  test.for([
    ['cpu', { warning: '70%', critical: '90%' }, 0.7, 'ok', 'warning above 70%'],
    ['cpu', { warning: '70%', critical: '90%' }, 0.71, 'warning', 'warning above 70%'],
    ['cpu', { warning: '70%', critical: '90%' }, 0.91, 'critical', 'critical above 90%'],
    ['cpu', { critical: '90%' }, 0.5, 'ok', 'critical above 90%'],
    ['responseTime', { warning: '2s' }, 2.1, 'warning', 'warning above 2s'],
    ['databaseSize', { critical: '1GB' }, 2 ** 30 + 1, 'critical', 'critical above 1GB'],
    ['cacheHitRatio', { warning: '80%', critical: '50%' }, 0.6, 'warning', 'warning below 80%'],
    ['cacheHitRatio', { warning: '80%', critical: '50%' }, 0.4, 'critical', 'critical below 50%'],
    ['errorsInLog', { warning: 1 }, 0, 'ok', 'warning from 1'],
    ['errorsInLog', { warning: 1 }, 1, 'warning', 'warning from 1'],
  ] as const)('%s of %o, at %d', ([metric, limits, value, verdict, limit]) => {
    const metrics = Metrics.parse({ [metric]: limits });

    expect(judged(value, limitsOf({ metrics }, metric))).toEqual({ verdict, limit });
  });

  test('shows what has no limits, and never judges it', () => {
    expect(judged(1e9, limitsOf({ metrics: {} }, 'users'))).toEqual({ verdict: 'ok' });
  });
});

describe('measured', () => {
  test('takes what is no number for unknown, and never for ok', () => {
    const reading = { value: Number.NaN, unit: 'bytes', source: 'INFO', note: 'NaN used' } as const;

    const figure = measured({ at: '2026-01-05T02:00:00.000Z' }, 'redis.memory', reading);

    expect(figure).toMatchObject({ verdict: 'unknown', note: 'What was read is no number' });
    expect(figure).not.toHaveProperty('value');
  });
});

describe('processorTimes', () => {
  test('count what waits for a disk as idle', ({ directory }) => {
    const stat = join(directory, 'stat');
    writeFileSync(stat, 'cpu  100 20 30 400 250 5 15 80 60 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n');

    expect(processorTimes(stat)).toEqual({ all: 9000, idle: 6500 });
  });

  test('are those of this machine', () => {
    const { all, idle } = processorTimes();

    expect(idle).toBeGreaterThan(0);
    expect(all).toBeGreaterThan(idle);
  });
});

describe('metrics', () => {
  test.for([
    [{ cacheHitRatio: { warning: '50%', critical: '80%' } }, 'Expected "critical" below "warning"'],
    [{ users: { warning: 9, critical: 3 } }, 'Expected "warning" below "critical"'],
    [{ errorsInLog: {} }, 'Expected "warning", "critical" or both'],
  ] as const)('%o are refused', ([limits, message]) => {
    expect(Metrics.safeParse(limits).error?.issues[0]?.message).toBe(message);
  });
});

describe('the action of the manual', () => {
  test('is that of the longest name, whatever place the figure has', () => {
    expect(manualActionFor('disk.used /app')?.runbook).toBe('log-rotation');
    expect(manualActionFor('data.query')?.runbook).toBe('performance-degraded');
    expect(manualActionFor('data.rows')?.runbook).toBe('database-issue');
    expect(manualActionFor('no.such')).toBeUndefined();
  });

  test('names runbooks that there are', () => {
    expect(actionRunbooks.filter((name) => !catalogue.has(name))).toEqual([]);
  });
});

describe('counters', () => {
  test('grow since the last sample, and not over a reset, a long pause or a clock set back', ({
    target,
  }) => {
    const at = (minutes: number) => 1_800_000_000_000 + minutes * 60_000;
    const take = (minutes: number, total: number) => {
      const since = countersIn(target.state, at(minutes));
      const grown = since.grown('hits', total);
      since.close();
      return grown;
    };

    expect([take(0, 100), take(1, 160), take(2, 5), take(3, 6)]).toEqual([
      undefined,
      { by: 60, seconds: 60 },
      undefined,
      { by: 1, seconds: 60 },
    ]);
    expect([take(60, 10), take(59, 20)]).toEqual([undefined, undefined]);
  });

  test('keep the others where one could not be read', ({ target }) => {
    const first = countersIn(target.state, 1_800_000_000_000);
    first.grown('hits', 100);
    first.grown('misses', Number.NaN);
    first.close();

    const second = countersIn(target.state, 1_800_000_060_000);

    expect(second.grown('hits', 160)).toEqual({ by: 60, seconds: 60 });
    expect(second.grown('misses', 5)).toBeUndefined();
    expect(second.grown('hits', Number.NaN)).toBeUndefined();
  });

  test('that cannot be read are none', ({ target }) => {
    writeFileSync(join(target.state, 'counters.json'), '{"at":');

    expect(countersIn(target.state).before('hits')).toBeUndefined();
  });
});

describe('our own slowness', () => {
  test('is told above half of the last 10 s, and not where nothing says', ({ directory }) => {
    const pressure = (share: number) =>
      writeFileSync(join(directory, 'cpu'), `some avg10=${share} avg60=1.00 avg300=1.00 total=1\n`);

    pressure(12.5);
    const calm = ownSlowness(directory);
    pressure(91.25);

    expect(calm).toBeUndefined();
    expect(ownSlowness(directory)).toBe(
      'this machine waits for its processors itself (91 % of the last 10 s)',
    );
    expect(ownSlowness(join(directory, 'missing'))).toBeUndefined();
  });
});

describe('a text from outside', () => {
  test('becomes one line without escapes, bidi marks, NUL and passwords', () => {
    const text = 'a\u001B]0;x\u0007b\u202Ec\0d\ne redis://me:secret@host';

    // As everywhere: what was there is seen to be left out, and a whole escape is one mark, for its letters are no text.
    expect(plain(text)).toBe('a\uFFFDb\uFFFDc\uFFFDd; e redis://***@host');
    expect(plain('x'.repeat(1e6))).toHaveLength(400);
  });
});
