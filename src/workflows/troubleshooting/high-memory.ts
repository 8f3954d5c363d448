import { sleep } from '@temporalio/workflow';
import type { MemoryUse } from '../../activities/troubleshoot/memory/memory-use.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { omitOthers } from '../../engine/steps/omit-others.ts';
import { attempted } from '../parts/attempted.ts';
import { type Diagnosis, ofKeptDown, resourcesText, sentences } from '../parts/diagnosis.ts';
import { treatmentInput } from '../parts/treatment/leave.ts';
import { repairUntilWell } from '../parts/treatment/repair-until-well.ts';
import { unhelpedText } from '../parts/treatment/unhelped-text.ts';
import { clearing, restarting, whyNotStartable } from '../parts/treatment/usual-repairs.ts';

/** What a cache has given up goes back to the system a moment later. */
const PAUSE = '5s';
/** Where the target has no limit, a repair has helped when the application holds at most this share of what it held. */
const MUCH_LESS = 0.8;

/**
 * All looks first: who holds the memory, how it grew, and what large work goes on. Then its caches are cleared, and it is restarted, each
 * after approval and with the same measurement after it. Where others hold the memory, nothing is repaired here. A leak comes back after
 * a restart: that is said, and is for those who write the application.
 */
export const highMemory = defineRunbook({
  name: 'high-memory',
  title: 'High memory',
  purpose:
    'Memory is short, or its kernel ends processes: find out who holds it and whether that grows, and give back the least that helps',
  family: 'troubleshooting',
  severity: 'sev3',
  kind: 'acts',
  expected: '15m',
  downtime: { from: 'restart', until: 'restarted' },

  input: treatmentInput,

  plan: {
    before: 'Measure what memory it holds',
    resources: 'Inspect CPU, memory and disks',
    work: 'Look for large work on its data',
    checklist: 'Go through the startup checklist',
    evidence: 'Keep state, logs and last changes',
    clear: 'Clear its caches',
    cleared: 'Measure again',
    restart: 'Restart application',
    restarted: 'Measure again',
  },

  async run({ input, step }) {
    const before = await step.before(
      async ({ containment, runtime, troubleshoot }) => {
        const { contained, stopped } = await containment.find();
        const { running, detail } = await runtime.describe();
        return {
          keptDown: contained ?? stopped,
          running,
          detail,
          ...(await troubleshoot.memory()),
        };
      },
      { note: ({ keptDown, note }) => keptDown?.note ?? note },
    );
    if (before.keptDown) {
      omitOthers(step, 'It is kept down');
      return ofKeptDown(before.keptDown.note);
    }

    const resources = await step.resources(({ host }) => host.resources(), {
      note: resourcesText,
    });

    const work = await step.work(
      async ({ database, troubleshoot }) => {
        // What is no database has no locks that could be read.
        const { result: locks } = await attempted(database.findLockHolders());
        const ways = await troubleshoot.ways();
        const { clearable } = await troubleshoot.caches();
        const busy = locks !== undefined && locks.blocking.length > 0;
        const long = busy ? [`Large work on the database: ${locks.note}`] : [];
        return {
          concerns: [...long, ...ways.concerns],
          note: sentences(locks?.note, ways.note),
          clearable,
        };
      },
      { note: ({ note }) => note },
    );

    const startable = await step.checklist(whyNotStartable, {
      note: ({ why }) => why ?? 'Nothing would keep it from starting',
    });

    const looks = [before.detail, before.note, ...resources.notes, work.note];
    await step.evidence((systems) => systems.evidence.keep(looks), {
      note: (kept) => kept?.note ?? 'Not kept',
      ifFailed: undefined,
    });
    if (!before.running)
      throw failed('NotReady', `It does not run (${before.detail}): start application-down`);

    const nothing =
      before.high === false
        ? 'It is below the limit'
        : before.byOthers
          ? 'Others hold the memory'
          : undefined;
    const { now, tried, helped } = await repairUntilWell<string, MemoryUse>(
      before,
      {
        measure: async ({ troubleshoot }) => {
          await sleep(PAUSE);
          return troubleshoot.memory();
        },
        isWell: (memory) => isWell(before, memory),
        nothing,
      },
      [
        clearing(input.clear, work.clearable, { line: step.clear, after: step.cleared }),
        restarting(input.restart, startable.why, { line: step.restart, after: step.restarted }),
      ],
    );
    step.restart.dropUndo();

    const still = nothing === undefined && helped === undefined;
    return {
      diagnosis: sentences(
        nothing,
        still
          ? unhelpedText({
              isBad: before.high,
              still: stillHigh(before),
              word: 'high',
              key: 'metrics.memory',
              tried,
            })
          : undefined,
        ...before.concerns,
        before.grows && helped === 'restart'
          ? 'A restart ends no leak: it will be so again, unless the application is mended'
          : undefined,
        ...work.concerns,
        ...resources.concerns,
        startable.why,
      ),
      evidence: [...looks, ...(tried.length > 0 ? [`After: ${now.note}`] : [])],
      tried,
      helped: helped ?? '',
    } satisfies Diagnosis;
  },
});

/** Where its machine has more than its container may use, a runbook gives it that. */
function stillHigh({ limited }: MemoryUse): string {
  return limited
    ? 'It is still high: scale-application gives it more memory while it runs, or give it less to do'
    : 'It is still high: give it more memory, or less to do';
}

function isWell(before: MemoryUse, now: MemoryUse): boolean {
  if (now.high !== undefined) return !now.high;
  return before.held !== undefined && now.held !== undefined && now.held <= MUCH_LESS * before.held;
}
