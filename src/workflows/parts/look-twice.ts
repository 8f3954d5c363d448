import { sleep } from '@temporalio/workflow';
import type { SampledFigure } from '../../activities/health/known.ts';
import type { Step } from '../../engine/steps/step.ts';
import type { Figure } from '../../figures/figure.ts';

/** What must be known before all can be said to be well: that it could not be read is no all-clear. */
const ESSENTIAL =
  /^(?:app\.health|app\.page|app\.script|proxy\.page|data\.rows|redis\.ping|redis\.write|certificate\.expiry|disk\.|health\.)/;
/** Long enough for what passes by itself, such as a log that is cut. */
const PAUSE = '5s';

interface Lines {
  readonly sample: Step;
  readonly again: Step;
  readonly record: Step;
}

/** Measures all; what is critical or could not be read is measured again before anybody is woken for it. What was seen last is kept. */
export async function lookTwice({
  sample,
  again,
  record,
}: Lines): Promise<readonly SampledFigure[]> {
  const options = { answers: 20, thorough: true };
  const first = await sample(({ health }) => health.sample(options), { note: countsOf });
  const figures = first.some(isAlarming) ? await lookAgain() : omitAgain();
  await record(({ figures: store }) => store.record(figures, figures[0]!.at), {
    note: ({ begunAnew }) => begunAnew ?? `${figures.length} figures`,
    ifFailed: {},
  });
  return figures;

  async function lookAgain(): Promise<readonly SampledFigure[]> {
    return again(
      async ({ health }) => {
        await sleep(PAUSE);
        return health.sample(options);
      },
      { note: countsOf },
    );
  }

  function omitAgain(): readonly SampledFigure[] {
    again.omit('Nothing is critical');
    return first;
  }
}

/** Whether people must hear of it. */
export function isAlarming({ name, verdict }: Figure): boolean {
  return verdict === 'critical' || (verdict === 'unknown' && ESSENTIAL.test(name));
}

function countsOf(figures: readonly Figure[]): string {
  return (['critical', 'warning', 'unknown', 'ok', 'not applicable'] as const)
    .map((verdict) => [figures.filter((one) => one.verdict === verdict).length, verdict] as const)
    .filter(([count]) => count > 0)
    .map(([count, verdict]) => `${count} ${verdict}`)
    .join(', ');
}
