import { relative } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import type { Unit } from '../../figures/figure.ts';
import {
  isReported,
  type Limit,
  type LogErrors,
  type Measurements,
  type Series,
} from '../../report/performance/measurements.ts';
import { openFigures } from '../../state/figures/open-figures.ts';
import { limitsOf } from '../health/judging/judged.ts';
import { openLogRecord } from '../logs/review/log-record.ts';

const DAY = 24 * 3_600_000;
/** A forecast needs 90 days, and the comparison two weeks. */
const BEHIND = { forecast: 90 * DAY, weeks: 14 * DAY };

type Metric = Parameters<typeof limitsOf>[1];

/** Which limits of the policy a series is judged by. */
const metrics: Readonly<Record<string, Metric>> = {
  'response.p95': 'responseTime',
  'response.failures': 'errorRate',
  'memory.host': 'memory',
  'memory.container': 'memory',
  'cpu.host': 'cpu',
  'database.size': 'databaseSize',
  'data.query': 'queryTime',
  'database.writeLock': 'lockWait',
  'redis.hitRatio': 'cacheHitRatio',
  'app.users': 'users',
  'network.bytes': 'network',
};

const units: Readonly<Record<string, Unit>> = {
  'response.p50': 'seconds',
  'response.p95': 'seconds',
  'memory.application': 'bytes',
  'database.size': 'bytes',
  'database.log': 'bytes',
  'data.query': 'seconds',
  'app.users': 'count',
  'network.bytes': 'bytes per second',
};

/**
 * What was measured of a target in the last `span` ms, with what a forecast and a comparison of two weeks need besides. It measures
 * nothing. Error: `StateUnusable`, when what was kept cannot be read.
 */
export function measurementsOf(target: Target, span: number, now = Date.now()): Measurements {
  const from = now - span;
  const store = openFigures(target.state);
  try {
    const known = new Map(store.newest().map(({ name, unit }) => [name, unit]));
    const series = store
      .series()
      .filter(isReported)
      .map((name): Series => {
        const isSize = name === 'database.size' || name.startsWith('disk.');
        const begin = Math.min(from, now - (isSize ? BEHIND.forecast : BEHIND.weeks));
        return {
          name,
          unit: known.get(name) ?? units[name] ?? 'ratio',
          hours: store.hours(name, isoOf(begin), isoOf(now)),
          limits: limitsFor(target, name),
        };
      })
      .filter(({ hours }) => hours.length > 0);
    return { target: target.name, from, to: now, series, logs: logsOf(target) };
  } finally {
    store.close();
  }
}

function limitsFor(target: Target, name: string): Limit[] {
  const metric = name.startsWith('disk.used ') ? 'disk' : metrics[name];
  if (metric === undefined) return [];
  const { warning, critical, bad } = limitsOf(target, metric);
  return [
    ...(warning ? [{ verdict: 'warning', bad, ...warning } as const] : []),
    ...(critical ? [{ verdict: 'critical', bad, ...critical } as const] : []),
  ];
}

/** As log-review has counted them. A log that it has never read has no line. */
function logsOf(target: Target): LogErrors[] {
  return target.logs.flatMap(({ file }) => {
    const record = openLogRecord(target, file).read();
    if (record === undefined || record === 'unreadable') return [];
    const hours = Object.entries(record.hours);
    return [
      {
        log: relative(target.directory, file),
        since: record.since,
        until: record.newest ?? -Infinity,
        hours: hours.map(([at, { errors }]) => ({ at: Number(at), errors })),
      },
    ];
  });
}

function isoOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
