import { countText } from '../../config/text/count-text.ts';
import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { answerOf } from './answer-of.ts';

export interface ResponseTimes {
  readonly samples: number;
  /** Those that brought no 2xx. They are not among the times. */
  readonly failed: number;
  /** Milliseconds. Missing when all failed. */
  readonly p50?: number;
  readonly p95?: number;
  /** Above the target's limit. Missing: it has none. */
  readonly slow?: boolean;
  readonly note: string;
}

/** So many make a 95th percentile that one bad answer alone does not decide. */
const SAMPLES = 20;
/** An application that answers each only at its timeout is measured well enough by fewer. */
const MAX_MILLISECONDS = 60_000;

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
  const shell = app.kind === 'streamlit' ? ', of the page without its script' : '';
  return {
    samples,
    failed,
    p50,
    p95,
    ...(limit !== undefined && { slow: p95 > inMilliseconds(limit) || failed > 0 }),
    note: [`p50 ${p50} ms, p95 ${p95} ms of ${countText(times.length, 'answer')}${shell}`, failures]
      .filter(Boolean)
      .join('; '),
  };
}

/** The nearest rank. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(sorted.length * share) - 1]!;
}
