import { keyOf } from '../../../src/figures/alert-of.ts';
import type { Figure, Verdict } from '../../../src/figures/figure.ts';
import { MISSES, sampleFailed } from '../../../src/figures/sample-failed.ts';
import { type Beside, type FigureChange, openWatch } from '../../../src/figures/watch.ts';

export const HEALTHY = {
  'app.health': 'ok',
  'app.page': 'ok',
  'response.failures': 'ok',
  'response.p95': 'ok',
  'data.rows': 'ok',
  'disk.used /app': 'ok',
  'redis.ping': 'not applicable',
} as const;
export const DOWN = { 'app.health': 'critical', 'app.page': 'critical' } as const;

/** A sample each minute, of one that was healthy before. */
export function watching(isNeeded?: (disk: Figure) => boolean) {
  const watch = openWatch();
  let now = 0;
  let beside: Beside = isNeeded ? { isNeeded } : {};
  let fails = false;
  let last: readonly Figure[] = [];

  function once(figures: readonly Figure[]) {
    now += 60_000;
    const { changes, soon } = watch.take(figures, { ...beside, now });
    if (!fails) for (const change of changes) watch.told(change, { now });
    last = changes.findLast(({ status }) => status === 'firing')?.figures ?? last;
    return { told: changes.map(textOf), soon };
  }

  take({ 'proxy.page': 'ok' }, 5);
  return {
    take,
    /** Samples that failed, from the third in a row on. */
    miss(times: number) {
      let misses = MISSES;
      return repeated(
        () => once([sampleFailed('2026-01-05T02:00:00.000Z', misses++, 'No such thing')]),
        times,
      );
    },
    fail(whether: boolean) {
      fails = whether;
    },
    /** What is so from now on, beside the figures. */
    beside(facts: Beside) {
      beside = { ...beside, ...facts };
    },
    get now() {
      return now;
    },
    get last() {
      return last;
    },
  };

  function take(verdicts: Readonly<Record<string, Verdict | 'full' | 'gone'>>, times = 1) {
    const sample = [
      ...figuresOf({ ...HEALTHY, ...verdicts }),
      sampleFailed('2026-01-05T02:00:00.000Z', 0),
    ];
    return repeated(() => once(sample), times);
  }
}

function repeated(work: () => { told: readonly string[]; soon: boolean }, times: number) {
  const taken = Array.from({ length: times }, work);
  return { told: taken.flatMap(({ told }) => told), soon: taken.at(-1)!.soon };
}

export function textOf({ status, alert, severity }: FigureChange): string {
  return `${status} ${keyOf(alert)} ${severity}`;
}

/** `full`: a disk that takes nothing more. `gone`: no longer measured. */
export function figuresOf(verdicts: Readonly<Record<string, Verdict | 'full' | 'gone'>>): Figure[] {
  return Object.entries(verdicts).flatMap(([name, verdict]) =>
    verdict === 'gone'
      ? []
      : {
          name,
          verdict: verdict === 'full' ? 'critical' : verdict,
          value: 1,
          unit: 'count',
          source: 'test',
          at: '2026-01-05T02:00:00.000Z',
          limit: verdict === 'full' ? 'critical below 1 MiB left' : 'critical above 95%',
          note: name,
        },
  );
}
