import type { Target } from '../../../config/schema/target.ts';
import { asRatio, inBytes } from '../../../config/schema/values/quantities.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import type { Verdict } from '../../../figures/figure.ts';

type Metric = keyof Target['metrics'];

/** A limit as the policy says it, and in the unit of its figure. */
interface Limit {
  readonly text: string;
  readonly value: number;
}

export interface Limits {
  readonly warning?: Limit | undefined;
  readonly critical?: Limit | undefined;
  /** Which side is bad. `from`: the limit itself is, too, as it is where things are counted. */
  readonly bad: 'above' | 'below' | 'from';
}

interface Judgement {
  readonly verdict: Verdict;
  readonly limit?: string;
}

const measures: Readonly<Record<Metric, (limit: never) => number>> = {
  responseTime: seconds,
  errorRate: asRatio,
  cpu: asRatio,
  memory: asRatio,
  disk: asRatio,
  inodes: asRatio,
  queryTime: seconds,
  databaseSize: inBytes,
  databaseGrowth: inBytes,
  lockWait: asRatio,
  cacheHitRatio: asRatio,
  errorsInLog: Number,
  users: Number,
  network: inBytes,
};

const sides: Partial<Record<Metric, Limits['bad']>> = {
  cacheHitRatio: 'below',
  errorsInLog: 'from',
  users: 'from',
};

/** What the target's policy judges a figure by, in base units. */
export function limitsOf({ metrics }: Pick<Target, 'metrics'>, metric: Metric): Limits {
  const { warning, critical } = metrics[metric] ?? {};
  const limit = (text: string | number | undefined): Limit | undefined =>
    text === undefined ? undefined : { text: String(text), value: measures[metric](text as never) };
  return { warning: limit(warning), critical: limit(critical), bad: sides[metric] ?? 'above' };
}

/** A value without limits is ok: it is shown, and never judged. */
export function judged(value: number, { warning, critical, bad }: Limits): Judgement {
  if (isBad(critical)) return { verdict: 'critical', limit: `critical ${bad} ${critical!.text}` };
  if (isBad(warning)) return { verdict: 'warning', limit: `warning ${bad} ${warning!.text}` };
  const first = warning ? 'warning' : 'critical';
  const limit = warning ?? critical;
  return { verdict: 'ok', ...(limit && { limit: `${first} ${bad} ${limit.text}` }) };

  function isBad(one: Limit | undefined): boolean {
    if (!one) return false;
    if (bad === 'above') return value > one.value;
    return bad === 'below' ? value < one.value : value >= one.value;
  }
}

function seconds(text: string): number {
  return inMilliseconds(text) / 1000;
}
