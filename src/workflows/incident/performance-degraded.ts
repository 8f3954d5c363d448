import { defineRunbook } from '../../engine/define-runbook.ts';
import { treatmentInput } from '../parts/treatment/leave.ts';
import { timesOf } from '../parts/treatment/pace.ts';
import { slowPerformance } from '../troubleshooting/slow-performance.ts';

/**
 * What looks and repairs is slow-performance, as a part of this run: the least invasive first, caches and a restart after approval. It ends by
 * measuring once more, from outside of that part.
 */
export const performanceDegraded = defineRunbook({
  name: 'performance-degraded',
  title: 'Performance degraded',
  purpose:
    'The application is slow: find out why, do what is harmless, and measure whether it helped',
  family: 'incident',
  severity: 'sev2',
  kind: 'acts',
  expected: '20m',

  input: treatmentInput,

  plan: {
    treat: 'Find out why, and repair the least that helps',
    compare: 'Compare before and after',
  },

  async run({ input, step }) {
    const treated = await step.treat(({ runbook }) => runbook(slowPerformance, input), {
      note: ({ diagnosis }) => diagnosis || 'Nothing was found that is wrong',
    });
    const { times, ...found } = treated;
    if (!times) {
      step.compare.omit('It is kept down');
      return found;
    }
    const { before } = times;
    const after = await step.compare(({ http }) => http.measure(), {
      note: ({ note }) => `Before: p50 ${before.p50} ms, p95 ${before.p95} ms. After: ${note}`,
    });
    return { ...found, times: { before, after: timesOf(after) } };
  },
});
