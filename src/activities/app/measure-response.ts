import { countText } from '../../config/text/count-text.ts';
import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { answerOf } from './answer-of.ts';
import { runPage } from './streamlit.ts';

export interface ResponseTimes {
  readonly samples: number;
  /** Those that brought no 2xx. They are not among the times. */
  readonly failed: number;
  /** Milliseconds. Missing when all failed. */
  readonly p50?: number;
  readonly p95?: number;
  /** Of the page's script, for Streamlit: the median of some runs. Missing when none came to its end. */
  readonly script?: number;
  /** Above the target's limit. Missing: it has none. */
  readonly slow?: boolean;
  readonly note: string;
}

/** So many make a 95th percentile that one bad answer alone does not decide. */
const SAMPLES = 20;
/** An application that answers each only at its timeout is measured well enough by fewer. */
const MAX_MILLISECONDS = 60_000;
/** Each is work for the application. */
const RUNS = 3;

export async function measureResponse({
  app,
  metrics,
}: Pick<Target, 'app'> & Partial<Pick<Target, 'metrics'>>): Promise<ResponseTimes> {
  const begin = performance.now();
  const answers = [];
  while (answers.length < SAMPLES && performance.now() - begin < MAX_MILLISECONDS)
    answers.push(await answerOf(app.url, inMilliseconds(app.timeout)));
  const samples = answers.length;
  const times = answers.filter(({ ok }) => ok).map(({ milliseconds }) => milliseconds);
  const failed = samples - times.length;
  const last = answers.findLast(({ ok }) => !ok);
  const failures = last ? `${failed} of ${samples} failed, the last with ${last.text}` : undefined;
  if (times.length === 0) return { samples, failed, note: failures ?? 'Nothing was asked' };
  const sorted = times.toSorted((one, other) => one - other);
  const [p50, p95] = [percentile(sorted, 0.5), percentile(sorted, 0.95)];
  const { warning, critical } = metrics?.responseTime ?? {};
  const limit = warning ?? critical;
  const script = app.kind === 'streamlit' ? await measureScript(app) : undefined;
  // One that does not come to its end is slower than any limit.
  const slowest = Math.max(p95, script ? (script.median ?? Infinity) : 0);
  return {
    samples,
    failed,
    p50,
    p95,
    ...(script?.median !== undefined && { script: script.median }),
    ...(limit !== undefined && { slow: slowest > inMilliseconds(limit) || failed > 0 }),
    note: [
      `p50 ${p50} ms, p95 ${p95} ms of ${countText(times.length, 'answer')}${script ? ' without its script' : ''}`,
      script?.note,
      failures,
    ]
      .filter(Boolean)
      .join('; '),
  };
}

/** Streamlit answers at once, whatever its script does: people wait for that. */
async function measureScript({ url, ready }: Target['app']): Promise<{
  readonly median?: number;
  readonly note: string;
}> {
  const begin = performance.now();
  const times: number[] = [];
  try {
    while (times.length < RUNS && performance.now() - begin < MAX_MILLISECONDS)
      times.push((await runPage(url, inMilliseconds(ready.within))).milliseconds);
  } catch (error) {
    return { note: `the page's script fails: ${(error as Error).message}` };
  }
  const median = percentile(
    times.toSorted((one, other) => one - other),
    0.5,
  );
  return { median, note: `its script ${median} ms, median of ${countText(times.length, 'run')}` };
}

/** The nearest rank. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(sorted.length * share) - 1]!;
}
