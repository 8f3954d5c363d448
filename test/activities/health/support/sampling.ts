import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import type { Figure } from '../../../../src/figures/figure.ts';
import { countersIn } from '../../../../src/activities/health/judging/counters.ts';
import type { Sampling, Source } from '../../../../src/activities/health/sampling.ts';

/** What one source reads, by the names of its figures. Each call is a sample of its own, a minute after the last. */
export function sampler(target: SqliteTarget, options: Partial<Sampling> = {}) {
  let at = Date.now();
  return async (source: Source): Promise<Readonly<Record<string, Figure>>> => {
    at += 60_000;
    const since = countersIn(target.state, at);
    const sampling: Sampling = {
      target,
      at: new Date(at).toISOString(),
      since,
      pids: [],
      answers: 5,
      thorough: false,
      slowness: undefined,
      stopped: undefined,
      ...options,
    };
    const figures = await source(sampling);
    since.close();
    return Object.fromEntries(figures.map((figure) => [figure.name, figure]));
  };
}
