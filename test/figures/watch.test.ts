import { describe, expect, test } from 'vitest';
import { alertOf } from '../../src/figures/alert-of.ts';
import type { Figure } from '../../src/figures/figure.ts';
import { sampleFailed } from '../../src/figures/sample-failed.ts';
import { openWatch } from '../../src/figures/watch.ts';
import { drawing } from './drawing.ts';
import { DOWN, figuresOf, HEALTHY, textOf, watching } from './support/watching.ts';

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

  test('tells at once that nothing can be measured, and its end by the next sample', () => {
    const watch = watching();
    watch.take({ 'database.log': 'critical' }, 6);

    expect(watch.miss(20).told).toEqual(['firing NothingMeasured sev2']);
    expect(watch.last.map(({ note }) => note)).toEqual([
      '3 samples in a row failed, the last one: No such thing',
    ]);
    expect(watch.take({ 'database.log': 'critical' }, 10).told).toEqual([
      'resolved NothingMeasured sev2',
    ]);
  });

  test('takes nothing for gone, well or started while nothing can be measured', () => {
    const watch = watching();
    watch.take(DOWN, 3);
    watch.miss(20);

    expect(watch.take({}, 4).told).toEqual(['resolved NothingMeasured sev2']);
    expect(watch.take({}).told).toEqual(['resolved ApplicationDown sev1']);

    const starting = watching();
    starting.beside({ starts: { at: starting.now + 1, within: 6 * 60_000 } });
    starting.take(DOWN, 3);
    starting.miss(4);
    // It was started again, and has had its time: that nothing was measured meanwhile gives it no second one.
    starting.beside({ starts: { at: starting.now, within: 6 * 60_000 } });
    expect(starting.take(DOWN, 3).told).toContain('firing ApplicationDown sev1');
  });

  test('ends what another worker may have told of a sample by its first good one', () => {
    const watch = openWatch();
    const figures = [...figuresOf(HEALTHY), sampleFailed('2026-01-05T02:00:00.000Z', 0)];

    expect(watch.take(figures).changes.map(textOf)).toEqual(['resolved NothingMeasured sev2']);
  });

  test('ends what is over although another figure of the same name stays a warning', () => {
    const watch = watching();
    const warned = { 'database.size': 'warning' } as const;

    expect(watch.take({ ...warned, 'database.log': 'critical' }, 6).told).toEqual([
      'firing DatabaseTrouble sev2',
    ]);
    expect(watch.take({ ...warned, 'database.log': 'ok' }, 5).told).toEqual([
      'resolved DatabaseTrouble sev2',
    ]);
  });

  test('ends nothing by a figure that is well while the one that opened it cannot be read', () => {
    const watch = watching();
    watch.take({ 'response.p95': 'critical', 'data.query': 'ok' }, 6);

    expect(watch.take({ 'response.p95': 'unknown', 'data.query': 'ok' }, 50).told).toEqual([]);
    expect(watch.take({ 'data.query': 'ok' }, 5).told).toEqual(['resolved SlowResponses sev2']);
  });

  test('ends what is over although another figure of the same name was never read', () => {
    const watch = watching();
    const unread = { 'data.query': 'unknown' } as const;
    watch.take({ ...unread, 'response.p95': 'critical' }, 6);

    expect(watch.take(unread, 5).told).toEqual(['resolved SlowResponses sev2']);
  });

  test('tells the end again, each hour, while its incident is open', () => {
    const watch = openWatch();
    const down = figuresOf({ ...HEALTHY, ...DOWN });
    let now = 0;
    const take = (figures: readonly Figure[], times: number, stillOpen: boolean) =>
      Array.from({ length: times }).flatMap(() => {
        now += 60_000;
        const { changes } = watch.take(figures, { now });
        for (const change of changes) watch.told(change, { now, stillOpen });
        const some = changes.filter(({ alert }) => alert.alertname === 'ApplicationDown');
        return some.map(({ status }) => status);
      });
    take(down, 3, true);

    expect(take(figuresOf(HEALTHY), 50, true)).toEqual(['resolved']);
    expect(take(figuresOf(HEALTHY), 60, false)).toEqual(['resolved']);
    expect(take(figuresOf(HEALTHY), 200, false)).toEqual([]);
  });

  test('ends what was told of a log that is no longer there, but not while its source cannot be read', () => {
    const watch = watching();
    watch.take({ 'logs.errors /a': 'critical' }, 6);

    expect(watch.take({ 'health.logs': 'unknown' }, 50).told).toEqual([]);
    expect(watch.take({}, 5).told).toEqual(['resolved LogErrors sev3']);
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
    expect(alertOf({ name: 'disks.hung' }).alertname).toBe('DiskHung');
    expect(alertOf({ name: 'smoke.version' }).alertname).toBe('FigureCritical');
  });
});
