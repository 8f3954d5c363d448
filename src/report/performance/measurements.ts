import type { Unit } from '../../figures/figure.ts';
import type { Hour } from '../../state/figures/read-series.ts';

/** All that a report is made of: what is kept of a target, by the hour. Times are in ms since 1970. */
export interface Measurements {
  readonly target: string;
  /** The time that is told. It may be shorter than what `series` have. */
  readonly from: number;
  readonly to: number;
  readonly series: readonly Series[];
  readonly logs: readonly LogErrors[];
}

export interface Series {
  readonly name: string;
  readonly unit: Unit;
  /** In the order of their time. What was not measured is not there. */
  readonly hours: readonly Hour[];
  readonly limits: readonly Limit[];
}

/** A limit as the target's policy says it, and in the unit of its series. */
export interface Limit {
  readonly verdict: 'warning' | 'critical';
  readonly bad: 'above' | 'below' | 'from';
  readonly text: string;
  readonly value: number;
}

/** What log-review has counted of a log. */
export interface LogErrors {
  readonly log: string;
  /** From when on each line was counted, */
  readonly since: number;
  /** and until which stamp. */
  readonly until: number;
  readonly hours: readonly { readonly at: number; readonly errors: number }[];
}

/** The names of the series that a report shows. */
export function isReported(name: string): boolean {
  return reported.has(name) || name.startsWith('disk.used ');
}

const reported = new Set([
  'response.p50',
  'response.p95',
  'response.failures',
  'memory.host',
  'memory.container',
  'memory.application',
  'cpu.host',
  'database.size',
  'database.log',
  'data.query',
  'database.writeLock',
  'redis.hitRatio',
  'redis.memory',
  'app.users',
  'network.bytes',
]);
