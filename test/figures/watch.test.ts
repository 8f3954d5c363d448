import { describe, expect, test } from 'vitest';
import { alertOf } from '../../src/figures/alert-of.ts';
import type { Figure, Verdict } from '../../src/figures/figure.ts';
import { type FigureChange, openWatch } from '../../src/figures/watch.ts';
import { drawing } from './drawing.ts';

const HEALTHY = {
  'app.health': 'ok',
  'app.page': 'ok',
  'response.failures': 'ok',
  'response.p95': 'ok',
  'data.rows': 'ok',
  'disk.used /app': 'ok',
  'redis.ping': 'not applicable',
} as const;
const DOWN = { 'app.health': 'critical', 'app.page': 'critical' } as const;

describe('a watch', () => {
  test('tells that the application is down at the third failed proof, once, and asks soon before that', () => {
    const watch = watching();

    expect(watch.take(DOWN)).toEqual({ told: [], soon: true });
    expect(watch.take(DOWN)).toEqual({ told: [], soon: true });
    expect(watch.take(DOWN)).toEqual({ told: ['firing ApplicationDown sev1'], soon: false });
    expect(watch.take(DOWN, 20).told).toEqual([]);
  });

  test('tells nothing of one that did not answer once, or twice', () => {
    const watch = watching();

    expect(watch.take(DOWN, 2).told).toEqual([]);
    expect(watch.take({}, 30).told).toEqual([]);
  });

  test('tells its end when it has been good for five samples', () => {
    const watch = watching();
    watch.take(DOWN, 3);

    expect(watch.take({}, 4).told).toEqual([]);
    expect(watch.take({}).told).toEqual(['resolved ApplicationDown sev1']);
    expect(watch.take({}, 20).told).toEqual([]);
  });

  test('tells of no error, slowness or proxy that follows from an application that is down', () => {
    const watch = watching();
    const all = {
      ...DOWN,
      'response.failures': 'critical',
      'response.p95': 'critical',
      'proxy.page': 'critical',
    } as const;

    expect(watch.take(all, 30).told).toEqual(['firing ApplicationDown sev1']);
  });

  test('tells of a full disk what follows from it, at once and as gravely, and of the rest when it is free again', () => {
    const watch = watching();
    const full = { ...DOWN, 'data.rows': 'critical', 'disk.used /app': 'critical' } as const;

    expect(watch.take(full, 3).told).toEqual(['firing DiskFull sev1']);
    expect(watch.last.map(({ name }) => name)).toEqual([
      'disk.used /app',
      'app.health',
      'app.page',
    ]);
    expect(watch.take(full, 20).told).toEqual([]);
    expect(watch.take({ ...DOWN, 'disk.used /app': 'ok' }).told).toEqual([
      'firing ApplicationDown sev1',
    ]);
  });

  test('holds nothing back for a disk that the application can do without', () => {
    const watch = watching(() => false);

    expect(watch.take({ ...DOWN, 'disk.used /app': 'critical' }, 3).told).toEqual([
      'firing ApplicationDown sev1',
    ]);
  });

  test('tells nothing of one that is stopped on purpose, and that what was wrong is over', () => {
    const watch = watching();
    watch.take(DOWN, 3);
    const stopped = {
      'app.health': 'not applicable',
      'app.page': 'not applicable',
      'response.p95': 'not applicable',
      'response.failures': 'not applicable',
    } as const;

    expect(watch.take(stopped, 5).told).toEqual(['resolved ApplicationDown sev1']);
    expect(watch.take(stopped, 100).told).toEqual([]);
  });

  test('neither opens nor resolves anything by what could not be read', () => {
    const watch = watching();
    const unknown = { 'app.health': 'unknown', 'app.page': 'unknown' } as const;

    expect(watch.take(unknown, 50).told).toEqual([]);
    watch.take(DOWN, 3);
    expect(watch.take(unknown, 50).told).toEqual([]);
  });

  test('tells the end of what another worker may have told, once', () => {
    const watch = openWatch();
    const figures = figuresOf(HEALTHY);
    for (let sample = 0; sample < 4; sample += 1) expect(watch.take(figures).changes).toEqual([]);

    const { changes } = watch.take(figures);
    expect(changes.map(textOf)).toContain('resolved ApplicationDown sev1');
    for (const change of changes) watch.told(change);
    expect(watch.take(figures).changes).toEqual([]);
  });

  test('tells again what could not be told, and after an hour what is still so', () => {
    const watch = watching();
    watch.fail(true);

    expect(watch.take(DOWN, 5).told).toHaveLength(3);
    watch.fail(false);
    expect(watch.take(DOWN, 60).told).toHaveLength(1);
    expect(watch.take(DOWN, 2).told).toHaveLength(1);
  });

  test('has no false alarm in 1000 samples of a healthy target, of which each 50th proof fails once', () => {
    const watch = watching();
    const draw = drawing(2);
    const told = Array.from({ length: 1000 }, (_, index) =>
      watch.take({
        'app.page': index % 50 === 7 ? 'critical' : 'ok',
        'response.p95': draw.lognormal(1.5, 0.1) > 2 ? 'critical' : 'ok',
      }),
    ).flatMap((one) => one.told);

    expect(told).toEqual([]);
  });

  test('has an alert for every figure, and knows the alerts that it names as causes', () => {
    const known = ['disk.used /', 'app.page', 'response.failures'].map(
      (name) => alertOf({ name }).alertname,
    );

    expect(known).toEqual(['DiskFull', 'ApplicationDown', 'HighErrorRate']);
    expect(alertOf({ name: 'smoke.version' }).alertname).toBe('FigureCritical');
  });
});

/** A sample each minute, of one that was healthy before. */
function watching(isNeeded?: (disk: Figure) => boolean) {
  const watch = openWatch(isNeeded);
  let now = 0;
  let fails = false;
  let last: readonly Figure[] = [];

  function once(verdicts: Readonly<Record<string, Verdict>>) {
    now += 60_000;
    const { changes, soon } = watch.take(figuresOf({ ...HEALTHY, ...verdicts }), now);
    if (!fails) for (const change of changes) watch.told(change, now);
    last = changes.findLast(({ status }) => status === 'firing')?.figures ?? last;
    return { told: changes.map(textOf), soon };
  }

  take({ 'proxy.page': 'ok' }, 5);
  return {
    take,
    fail(whether: boolean) {
      fails = whether;
    },
    get last() {
      return last;
    },
  };

  function take(verdicts: Readonly<Record<string, Verdict>>, times = 1) {
    const taken = Array.from({ length: times }, () => once(verdicts));
    return { told: taken.flatMap(({ told }) => told), soon: taken.at(-1)!.soon };
  }
}

function textOf({ status, alert }: FigureChange): string {
  return `${status} ${alert.alertname} ${alert.severity}`;
}

function figuresOf(verdicts: Readonly<Record<string, Verdict>>): Figure[] {
  return Object.entries(verdicts).map(([name, verdict]) => ({
    name,
    verdict,
    value: 1,
    unit: 'count',
    source: 'test',
    at: '2026-01-05T02:00:00.000Z',
    note: name,
  }));
}
