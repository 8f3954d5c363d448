import { countText } from '../../../config/text/count-text.ts';
import type { Figure } from '../../../figures/figure.ts';
import { limitsOf } from '../judging/judged.ts';
import { answerWithin, measured, type Sampling, unknown } from '../sampling.ts';
import { ask } from './ask.ts';

/** An application that answers each only at its timeout is measured well enough by fewer. */
const MAX_MILLISECONDS = 30_000;

/**
 * `response.p50`, `response.p95`, `response.failures`. What fails is not among the times, so that both are told: times look best where
 * half of all fail.
 */
export async function response(sampling: Sampling): Promise<readonly Figure[]> {
  const { target, answers, slowness } = sampling;
  const { app } = target;
  const timeout = answerWithin(sampling);
  const begun = performance.now();
  const asked = [];
  while (asked.length < answers && performance.now() - begun < MAX_MILLISECONDS) {
    const one = await ask(app.url, timeout);
    asked.push(one);
    // It is hung or gone: more of the same takes its time from all else.
    if (one.timedOut || !one.connected) break;
  }
  const source = `GET ${app.url}`;
  const times = asked.flatMap(({ ok, seconds }) => (ok ? seconds : [])).toSorted((a, b) => a - b);
  const failed = asked.length - times.length;
  const last = asked.findLast(({ ok }) => !ok);
  const failures = measured(
    sampling,
    'response.failures',
    {
      value: failed / asked.length,
      unit: 'ratio',
      source,
      note: last
        ? `${failed} of ${countText(asked.length, 'answer')} failed, the last with ${last.text}`
        : `None of ${countText(asked.length, 'answer')} failed`,
    },
    limitsOf(target, 'errorRate'),
  );
  return [failures, time('response.p50', 0.5), time('response.p95', 0.95)];

  function time(name: string, share: number): Figure {
    const value = times[Math.ceil(times.length * share) - 1];
    if (value === undefined)
      return unknown(sampling, name, 'seconds', source, 'Nothing was answered');
    const shell = app.kind === 'streamlit' ? ', of the page without its script' : '';
    const note = `${Math.round(value * 1000)} ms of ${countText(times.length, 'answer')}${shell}`;
    // The median is shown; how slow it is for those who wait longest is judged.
    const limits = share > 0.5 ? limitsOf(target, 'responseTime') : undefined;
    const figure = measured(sampling, name, { value, unit: 'seconds', source, note }, limits);
    const isBad = figure.verdict !== 'ok';
    return isBad && slowness !== undefined
      ? unknown(sampling, name, 'seconds', source, `${note}, and ${slowness}`)
      : figure;
  }
}
