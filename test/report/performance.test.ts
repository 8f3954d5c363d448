import { describe, expect } from 'vitest';
import { measurementsOf } from '../../src/activities/records/measurements-of.ts';
import { isMoreThanNoise } from '../../src/report/performance/is-more-than-noise.ts';
import { performanceHtml } from '../../src/report/performance/performance-html.ts';
import { performanceMarkdown } from '../../src/report/performance/performance-markdown.ts';
import { performanceReport } from '../../src/report/performance/performance-report.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { targetIn, test } from '../support/target.ts';
import { keepWeeks, type MadeSeries, seeded } from './support/measured-weeks.ts';

const NOW = Date.parse('2026-03-15T10:20:00.000Z');
const WEEK = 7 * 86_400_000;
const HOSTILE = '/srv/<script>alert(1)</script>\u202E|**x**';

const random = seeded(7);
const noisy = (value: number) => value * (0.9 + 0.2 * random());

/** Response times that rose a week ago, memory that did not, a disk of a hostile name, and a worker that was away for 5 hours. */
const weeks: Readonly<Record<string, MadeSeries>> = {
  'response.p50': { unit: 'seconds', value: (age) => here(age, noisy(age < 7 ? 0.3 : 0.2)) },
  'response.p95': { unit: 'seconds', value: (age) => here(age, noisy(age < 7 ? 2.5 : 0.9)) },
  'memory.host': { unit: 'ratio', value: (age) => here(age, noisy(0.5)) },
  'database.size': {
    unit: 'bytes',
    value: (age) => here(age, (420 - 2 * age + 0.2 * random()) * 2 ** 20),
  },
  [`disk.used ${HOSTILE}`]: { unit: 'ratio', value: (age) => here(age, 0.4) },
};

function here(age: number, value: number): number | undefined {
  return age > 2 && age < 2 + 5 / 24 ? undefined : value;
}

function watched(directory: string): SqliteTarget {
  return targetIn(directory, {
    metrics: {
      responseTime: { warning: '2s', critical: '5s' },
      databaseSize: { warning: '500MB', critical: '1GB' },
    },
  });
}

describe('a performance report', () => {
  test('tells hours in which most answers failed, though the target has no limit for them', ({
    directory,
  }) => {
    const target = watched(directory);
    const value = (age: number) => (age > 1 && age <= 1 + 3 / 24 ? 0.9 : 0.001);
    keepWeeks(target.state, { 'response.failures': { unit: 'ratio', value } }, NOW);

    const { findings } = performanceReport(measurementsOf(target, WEEK, NOW));

    expect(findings).toEqual([
      expect.stringMatching(
        /^Failed answers: more failed than came in 3 of 16\d hours that were measured, last in the hour of 20\d\d-\d\d-\d\d \d\d:00:00 UTC$/,
      ),
    ]);
  });

  test('tells a change from noise, a limit that is crossed, and when a size reaches its limits', ({
    directory,
  }) => {
    const target = watched(directory);
    keepWeeks(target.state, weeks, NOW);

    const {
      findings,
      forecasts,
      weeks: rows,
    } = performanceReport(measurementsOf(target, WEEK, NOW));

    const rowOf = (label: string) => rows.rows.find(([name]) => name === label)!;
    expect(rowOf('Response time, slowest of each sample').slice(1, 4)).toEqual([
      expect.stringMatching(/^(8|9)\d\d(\.\d)? ms$/),
      expect.stringMatching(/^2\.\d\d s$/),
      expect.stringMatching(/^\+1\d\d %: more$/),
    ]);
    expect(rowOf('Memory of the host')[3]).toMatch(/^[+-].* points: noise$/);
    expect(findings).toContainEqual(
      expect.stringMatching(/^Response time, slowest of each sample, median: .* more than noise/),
    );
    expect(findings).toContainEqual(
      expect.stringMatching(/^Response time, slowest .* 5 of 100 samples .* warning above 2s$/),
    );
    expect(findings.join()).not.toContain('Memory of the host');
    // 80 MB at 2 MB a day.
    expect(forecasts).toEqual([
      expect.stringMatching(
        /^Database: it grows by (?:2|1\.9|2\.0) MiB a day, and reaches 500MB \(warning\) (?:about|between) 2026-04-2[2-6]/,
      ),
      expect.stringMatching(/^Database: it grows .* reaches 1GB \(critical\)/),
      expect.stringMatching(/^Disk of \/srv\/.*: no trend towards 100% \(full\)/),
    ]);
  });

  test('draws a gap as a gap, and says how long it was', ({ directory }) => {
    const target = watched(directory);
    keepWeeks(target.state, weeks, NOW);
    const measurements = measurementsOf(target, WEEK, NOW);

    const html = performanceHtml(measurements);

    expect(performanceReport(measurements).facts).toContainEqual([
      'measured',
      expect.stringMatching(/^in 16[45] of 169 hours; at most [45] h 00 min without a sample$/),
    ]);
    expect(html).toMatch(/<title>Not measured from 2026-03-13 0\d:00:00 UTC to 2026-03-13 1\d:00/);
    const [curve] = html.match(/<path class="line line-0" d="[^"]+"/)!;
    expect(curve.match(/M/g)).toHaveLength(2);
  });

  test('is one page without a script, in which nothing from outside is markup', ({ directory }) => {
    const target = watched(directory);
    keepWeeks(target.state, weeks, NOW);
    const measurements = measurementsOf(target, WEEK, NOW);

    const html = performanceHtml(measurements);
    const markdown = performanceMarkdown(measurements);

    expect(html).toContain('&lt;script&gt;alert(1)');
    expect(html).not.toMatch(/<script|\u202E|http:\/\/|https:\/\/|src=|NaN|undefined/);
    expect(html).toContain('@media (prefers-color-scheme: dark)');
    expect(markdown).not.toMatch(/(?<!\\)<script|\u202E|NaN|undefined/);
    expect(markdown).toContain(String.raw`\<script\>`);
    const columns = new Set(
      markdown
        .split('\n')
        .filter((line) => line.startsWith('| Disk'))
        .map((line) => line.match(/(?<!\\)\|/g)!.length),
    );
    expect([...columns]).toEqual([8]);
  });

  test('of a target that was never measured has no plot, and makes no file', ({ directory }) => {
    const target = watched(directory);

    const { topics, whole, findings } = performanceReport(measurementsOf(target, WEEK, NOW));

    expect([topics, whole.rows, findings]).toEqual([[], [], []]);
  });

  test('counts the errors of logs as far as they were read, and no further', ({ directory }) => {
    const measurements = {
      target: 'shop',
      from: NOW - WEEK,
      to: NOW,
      series: [],
      logs: [log('app.log', NOW - 3_600_000, [3, 30]), log('old.log', NOW - 3 * 86_400_000, [80])],
    };

    const { errors } = performanceReport(measurements);

    expect(errors.rows.map((row) => row.slice(0, 2))).toEqual([
      ['app.log', '1'],
      ['old.log', 'not known: no line of that time was read'],
    ]);
    expect(directory).toBeDefined();
  });
});

/** An error in each of some hours, by how long ago they were. */
function log(name: string, until: number, hoursAgo: readonly number[]) {
  const hours = hoursAgo.map((ago) => ({ at: NOW - ago * 3_600_000, errors: 1 }));
  return { log: name, since: NOW - 4 * WEEK, until, hours };
}

describe('isMoreThanNoise', () => {
  test('takes weeks that differ in every day for different, and too few days for nothing', () => {
    expect(isMoreThanNoise([1, 2, 3, 4, 5, 6, 7], [8, 9, 10, 11, 12, 13, 14])).toBe(true);
    expect(isMoreThanNoise([1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7])).toBe(false);
    expect(isMoreThanNoise([5, 5, 5, 5, 5], [5, 5, 5, 5, 5])).toBe(false);
    expect(isMoreThanNoise([1, 2, 3, 4], [11, 12, 13, 14])).toBeUndefined();
  });

  test('makes news of two weeks alike at most once in a hundred, and of a real step nearly always', () => {
    const next = seeded(11);
    const day = (level: number) => level * (1 + 0.3 * (next() + next() + next() - 1.5));
    const week = (level: number) => Array.from({ length: 7 }, () => day(level));

    const rate = (step: number) =>
      Array.from({ length: 2000 }, () => isMoreThanNoise(week(1), week(step))).filter(Boolean)
        .length / 2000;

    expect(rate(1)).toBeLessThanOrEqual(0.012);
    expect(rate(1.6)).toBeGreaterThan(0.95);
  });
});
