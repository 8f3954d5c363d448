import type { ResponseTimes } from '../../activities/app/measure-response.ts';
import { countText } from '../../config/text/count-text.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { omitOthers } from '../../engine/steps/omit-others.ts';
import { attempted } from '../parts/attempted.ts';
import { type Diagnosis, ofKeptDown, resourcesText, sentences } from '../parts/diagnosis.ts';
import { measureApplication } from '../parts/find-application.ts';
import { treatmentInput } from '../parts/treatment/leave.ts';
import { isFastAgain, timesOf } from '../parts/treatment/pace.ts';
import { repairUntilWell } from '../parts/treatment/repair-until-well.ts';
import { unhelpedText } from '../parts/treatment/unhelped-text.ts';
import { clearing, restarting, whyNotStartable } from '../parts/treatment/usual-repairs.ts';
import { verdictOf } from '../parts/verdict-of.ts';

/**
 * All looks first, which change nothing. Then one repair at a time, the least invasive first: what the query planner knows, its caches, a
 * restart; the last two after approval. The same 20 answers are taken after each, and the first that helps is the last. Whole
 * databases and servers of others are never emptied. What another runbook repairs is named.
 */
export const slowPerformance = defineRunbook({
  name: 'slow-performance',
  title: 'Slow performance',
  purpose:
    'The application answers slowly: look at all it depends on, repair the least that helps, and measure after each repair',
  family: 'troubleshooting',
  severity: 'sev3',
  kind: 'acts',
  expected: '15m',
  downtime: { from: 'restart', until: 'restarted' },

  input: treatmentInput,

  plan: {
    before: 'Measure how long it takes to answer',
    resources: 'Inspect CPU, memory and disks',
    memory: 'Inspect its memory, now and over time',
    ways: 'Inspect proxy, network and caches',
    database: 'Inspect the database',
    statements: 'Find slow statements in its logs',
    checklist: 'Go through the startup checklist',
    evidence: 'Keep state, logs and last changes',
    optimise: 'Refresh what the query planner knows',
    optimised: 'Measure again',
    clear: 'Clear its caches',
    cleared: 'Measure again',
    restart: 'Restart application',
    restarted: 'Measure again',
  },

  async run({ input, step }) {
    const before = await step.before(measureApplication, {
      note: ({ keptDown, note }) => keptDown?.note ?? note,
    });
    if (before.keptDown) {
      omitOthers(step, 'It is kept down');
      return { ...ofKeptDown(before.keptDown.note), times: undefined };
    }

    const resources = await step.resources(({ host }) => host.resources(), {
      note: resourcesText,
    });

    const memory = await step.memory(({ troubleshoot }) => troubleshoot.memory(), {
      note: ({ note }) => note,
    });

    const ways = await step.ways(
      async ({ troubleshoot }) => {
        const { note, concerns } = await troubleshoot.ways();
        const caches = await troubleshoot.caches();
        const all = [...new Set([...concerns, ...caches.concerns])];
        return { note, concerns: all, clearable: caches.clearable };
      },
      { note: ({ note }) => note },
    );

    const database = await step.database(
      async ({ database: live }) => {
        const size = await attempted(live.measure());
        const examined = await attempted(live.examine());
        // What is no database has no locks that could be read.
        const { result: locks } = await attempted(live.findLockHolders());
        const finding = examined.reason?.message ?? examined.result!.finding;
        const verdict = examined.result && verdictOf(examined.result);
        const { wasteful = false } = size.result ?? {};
        const text = size.reason?.message ?? size.result!.note;
        const lock = locks && locks.blocking.length > 0 ? locks.note : undefined;
        return { verdict, finding, text, wasteful, lock };
      },
      { note: ({ text, finding, lock }) => sentences(text, finding, lock) },
    );

    const slow = await step.statements(({ troubleshoot }) => troubleshoot.slowStatements(), {
      note: ({ note }) => note,
    });

    const startable = await step.checklist(whyNotStartable, {
      note: ({ why }) => why ?? 'Nothing would keep it from starting',
    });

    const looks = [
      before.note,
      ...resources.notes,
      memory.note,
      ways.note,
      database.text,
      database.finding,
      database.lock,
      slow.note,
      startable.why,
    ].filter((text) => text !== undefined);
    await step.evidence((systems) => systems.evidence.keep(looks), {
      note: (kept) => kept?.note ?? 'Not kept',
      ifFailed: undefined,
    });

    // What is down or damaged is not slow: there are runbooks for it, and each reading of it would be in their way.
    if (before.p50 === undefined)
      throw failed(
        'NotReady',
        `It does not answer at all (${before.note}): start application-down`,
      );
    if (database.verdict === 'damaged')
      throw failed('DatabaseDamaged', `${database.finding}: start database-issue`);

    const { now, tried, helped } = await repairUntilWell<string, ResponseTimes>(
      before,
      {
        measure: ({ http }) => http.measure(),
        isWell: (times) => isFastAgain(before, times),
        nothing: before.slow === false ? 'It is not slow' : undefined,
      },
      [
        {
          name: 'optimise',
          not: database.lock && `The database is locked: ${database.lock}`,
          line: step.optimise,
          work: async ({ database: live }) => {
            const { tables } = await live.analyse();
            return { note: `${countText(tables, 'table')} with indexes` };
          },
          options: () => ({ ifFailed: undefined }),
          after: step.optimised,
        },
        clearing(input.clear, ways.clearable, { line: step.clear, after: step.cleared }),
        restarting(input.restart, startable.why, { line: step.restart, after: step.restarted }),
      ],
    );
    step.restart.dropUndo();

    const verdict =
      before.slow === false
        ? 'It is not slow now'
        : helped === undefined
          ? unhelpedText({
              isBad: before.slow,
              still: 'It is still slow',
              word: 'slow',
              key: 'metrics.responseTime',
              tried,
            })
          : undefined;
    return {
      diagnosis: sentences(
        verdict,
        ...resources.concerns,
        ...memory.concerns,
        memory.high || memory.grows ? 'About its memory: start high-memory' : undefined,
        ...ways.concerns,
        database.lock && `${database.lock}: start database-locked`,
        database.wasteful
          ? `${database.text}: VACUUM helps, start database-maintenance`
          : undefined,
        slow.statements.length > 0 ? `${slow.note}: start slow-dashboard` : undefined,
        startable.why,
      ),
      evidence: [...looks, ...(tried.length > 0 ? [`After: ${now.note}`] : [])],
      tried,
      helped: helped ?? '',
      /** Of 20 answers each, in ms. */
      times: { before: timesOf(before), after: timesOf(now) },
    } satisfies Diagnosis & { times: object };
  },
});
