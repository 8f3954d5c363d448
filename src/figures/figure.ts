/** What a check answers. `unknown`: it could not be made, which is never ok. */
export type Verdict = 'ok' | 'warning' | 'critical' | 'unknown' | 'not applicable';

/** Base units, as Prometheus names them: `ratio` is a share from 0 to 1. */
export type Unit = 'seconds' | 'ratio' | 'bytes' | 'count' | 'per second' | 'bytes per second';

/** One thing that was measured or checked, with all that a reader needs to believe it. */
export interface Figure {
  /** The name of its series: `response.p95`, `disk.used /app`. Small letters, dots, and the place where there are several. */
  readonly name: string;
  /** Missing when it could not be read, or does not apply. */
  readonly value?: number;
  readonly unit: Unit;
  /** Where it comes from, so that a person could look there: `/proc/meminfo`, `GET http://localhost:8501/_stcore/health`. */
  readonly source: string;
  /** When it was read. ISO 8601, UTC. */
  readonly at: string;
  readonly verdict: Verdict;
  /** What it was judged by, as the target's policy says it: `warning above 2s`. Missing: it is shown and never judged. */
  readonly limit?: string;
  /** A sentence for people: the figure in words, or why there is none. */
  readonly note: string;
  /** What the manual says to do about it. Only beside `warning` and `critical`. */
  readonly action?: string;
  /** The runbook that does it. */
  readonly runbook?: string;
}

const FROM_WORST = ['critical', 'unknown', 'warning', 'ok'] as const;

/** The worst of some: critical, then unknown, then warning. `unknown` when none applies, for nothing was checked. */
export function worstOf(figures: readonly Pick<Figure, 'verdict'>[]): Verdict {
  return FROM_WORST.find((one) => figures.some(({ verdict }) => verdict === one)) ?? 'unknown';
}
