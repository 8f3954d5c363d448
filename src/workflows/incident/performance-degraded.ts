import { z } from 'zod';
import { countText } from '../../config/text/count-text.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { attempted } from '../parts/attempted.ts';
import { verdictOf } from '../parts/verdict-of.ts';
import { measureApplication } from '../parts/find-application.ts';
import { omitOthers } from '../../engine/steps/omit-others.ts';

/**
 * Least invasive first: refresh what the query planner knows; then, after approval, clear the application's own keys from
 * its cache. No other key of that server is touched. It ends by comparing response times before and after.
 */
export const performanceDegraded = defineRunbook({
  name: 'performance-degraded',
  title: 'Performance degraded',
  purpose:
    'The application is slow: find out why, do what is harmless, and measure whether it helped',
  family: 'incident',
  severity: 'sev2',
  kind: 'acts',
  expected: '15m',

  input: z.object({
    clear: z
      .enum(['ask', 'yes', 'no'])
      .default('ask')
      .describe('Whether the cache may be cleared: "ask" waits for approval'),
  }),

  plan: {
    before: 'Measure how long it takes to answer',
    resources: 'Inspect CPU, memory and disks',
    database: 'Inspect the database',
    evidence: 'Keep state, logs and last changes',
    optimise: 'Refresh what the query planner knows',
    again: 'Measure again',
    clear: "Clear the application's own keys from its cache",
    after: 'Compare before and after',
  },

  async run({ input, step }) {
    const before = await step.before(measureApplication, {
      note: ({ keptDown, note }) => keptDown?.note ?? note,
    });
    if (before.keptDown) {
      omitOthers(step, 'It is kept down');
      const times = timesOf(before);
      return {
        diagnosis: before.keptDown.note,
        changes: [],
        tried: [],
        times: { before: times, optimised: times, after: times },
      };
    }

    const resources = await step.resources(({ host }) => host.resources(), {
      note: ({ notes, concerns }) =>
        concerns.length > 0 ? `Above the limits: ${concerns.join('; ')}` : notes.join('; '),
    });

    const database = await step.database(
      async ({ database, redis }) => {
        const size = await attempted(database.measure());
        const examined = await attempted(database.examine());
        const lockHolders = await database.findLockHolders();
        const cache = await redis.inspect();
        const finding = examined.reason ? examined.reason.message : examined.result.finding;
        const measured = size.reason ? size.reason.message : size.result.note;
        const notes = [measured, finding, lockHolders.note, cache.note];
        const verdict = examined.result && verdictOf(examined.result);
        return { verdict, finding, cache, notes };
      },
      { note: ({ notes }) => notes.join('. ') },
    );

    const evidence = await step.evidence(
      ({ evidence }) => evidence.keep([before.note, ...resources.notes, ...database.notes]),
      { note: (kept) => kept?.note ?? 'Not kept', ifFailed: undefined },
    );

    // What is down or damaged is not slow: there are runbooks for it, and each reading of it would be in their way.
    if (before.p50 === undefined)
      throw failed(
        'NotReady',
        `It does not answer at all (${before.note}): start application-down`,
      );
    if (database.verdict === 'damaged')
      throw failed('DatabaseDamaged', `${database.finding}: start database-issue`);

    const tried: string[] = [];
    const optimised = await step.optimise(({ database }) => database.analyse(), {
      note: (done) => (done ? `${countText(done.tables, 'table')} with indexes` : 'Not done'),
      ifFailed: undefined,
    });
    if (optimised) tried.push('optimise');

    const again = await step.again(({ http }) => http.measure(), { note: ({ note }) => note });

    const after = (await clearCache()) ? await compare() : omitCompare();

    return {
      diagnosis: [...resources.concerns, ...(after.slow ? ['It is still slow'] : [])].join('; '),
      changes: evidence?.changes ?? [],
      tried,
      /** Of 20 answers each, in ms. */
      times: { before: timesOf(before), optimised: timesOf(again), after: timesOf(after) },
    };

    async function clearCache(): Promise<boolean> {
      const why =
        input.clear === 'no'
          ? 'It is not to be cleared'
          : again.slow === false
            ? 'It is not slow any more'
            : database.cache.reachable
              ? undefined
              : database.cache.note;
      if (why !== undefined) {
        step.clear.omit(why);
        return false;
      }
      // A refusal says how to go on, and takes nothing back.
      const { result } = await attempted(
        step.clear(({ redis }) => redis.clearPrefix(), {
          ...(input.clear === 'ask' && {
            approve: `${again.note}. It fills again by itself, and the first answers take longer`,
          }),
          note: (cleared) => cleared?.note ?? 'Not cleared',
          ifFailed: undefined,
        }),
      );
      if (result) tried.push('clear');
      return result !== undefined;
    }

    async function compare() {
      return step.after(({ http }) => http.measure(), {
        note: ({ note }) => `Before: ${before.note}. After: ${note}`,
      });
    }

    function omitCompare() {
      step.after.omit(`Before: ${before.note}. After: ${again.note}`);
      return again;
    }
  },
});

function timesOf({ p50, p95, failed: missed }: { p50?: number; p95?: number; failed: number }) {
  return { p50, p95, failed: missed };
}
