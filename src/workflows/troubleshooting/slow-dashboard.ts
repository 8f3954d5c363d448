import { z } from 'zod';
import type { IndexProof } from '../../activities/database/index-results.ts';
import { countText } from '../../config/text/count-text.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { attempted, unlessRejected } from '../parts/attempted.ts';
import { type Diagnosis, ofKeptDown, resourcesText, sentences } from '../parts/diagnosis.ts';
import { measureApplication } from '../parts/find-application.ts';
import { omitOthers } from '../../engine/steps/omit-others.ts';

/**
 * All looks first, which change nothing. The one repair is an index: found by what the application logs as slow, proven on a
 * copy, and made after approval, while the application runs. An undo takes it away. What another runbook repairs is named.
 */
export const slowDashboard = defineRunbook({
  name: 'slow-dashboard',
  title: 'Slow dashboard',
  purpose:
    'Pages load slowly: find the statements that take long, prove an index for them on a copy, and make it after approval',
  family: 'troubleshooting',
  severity: 'sev3',
  kind: 'acts',
  expected: '15m',

  input: z.object({
    create: z
      .enum(['ask', 'yes', 'no'])
      .default('ask')
      .describe('Whether a proven index may be made: "ask" waits for approval'),
  }),

  plan: {
    before: 'Measure how long it takes to answer',
    resources: 'Inspect CPU, memory and disks',
    ways: 'Inspect proxy, network and cache',
    database: 'Inspect the database',
    statements: 'Find slow statements in its logs',
    prove: 'Prove an index on a copy',
    evidence: 'Keep state, logs and last changes',
    create: 'Make the index',
    after: 'Measure again',
  },

  async run({ input, step }) {
    const before = await step.before(measureApplication, {
      note: ({ keptDown, note }) => keptDown?.note ?? note,
    });
    if (before.keptDown) {
      omitOthers(step, 'It is kept down');
      return ofKeptDown(before.keptDown.note);
    }

    const resources = await step.resources(({ host }) => host.resources(), {
      note: resourcesText,
    });

    const ways = await step.ways(({ troubleshoot }) => troubleshoot.ways(), {
      note: ({ note }) => note,
    });

    const database = await step.database(
      async ({ database: live }) => {
        const size = await attempted(live.measure());
        const { blocking, note } = await live.findLockHolders();
        return {
          size: size.result,
          text: size.reason?.message ?? size.result!.note,
          blocking,
          note,
        };
      },
      { note: ({ text, note }) => `${text}. ${note}` },
    );

    const slow = await step.statements(({ troubleshoot }) => troubleshoot.slowStatements(), {
      note: ({ note }) => note,
    });

    const advice = await proven();
    const evidence = [
      before.note,
      ...resources.notes,
      ways.note,
      database.text,
      database.note,
      slow.note,
      ...(advice?.statements ?? []).map(({ sql, plan, refused }) => `${sql}: ${refused ?? plan}`),
      ...(advice ? [advice.note, ...advice.notes] : []),
    ];

    await step.evidence((systems) => systems.evidence.keep(evidence), {
      note: (kept) => kept?.note ?? 'Not kept',
      ifFailed: undefined,
    });

    // What does not answer is not slow, and a lock is no matter of an index.
    if (before.p50 === undefined)
      throw failed(
        'NotReady',
        `It does not answer at all (${before.note}): start application-down`,
      );

    const best = advice?.best;
    const made = await makeIndex(best);
    const after = made
      ? await step.after(({ http }) => http.measure(), {
          note: ({ note }) => `Before: ${before.note}. After: ${note}`,
        })
      : step.after.omit('Nothing was changed');

    return {
      diagnosis:
        sentences(
          advice?.best && advice.note,
          best && !made ? 'The index was not made' : undefined,
          ...ways.concerns,
          ...resources.concerns,
          database.blocking.length > 0 ? `${database.note}: start database-locked` : undefined,
          database.size?.wasteful
            ? `${database.size.note}: VACUUM helps, start database-maintenance`
            : undefined,
        ) || `No cause is known: ${advice?.note ?? slow.note}`,
      evidence: [...evidence, ...(after ? [`After: ${after.note}`] : [])],
      tried: made ? ['create'] : [],
      helped: made ? 'create' : '',
      ...(made && { index: best?.index }),
    } satisfies Diagnosis & { index?: IndexProof['index'] | undefined };

    async function proven() {
      const { statements } = slow;
      if (statements.length === 0) return step.prove.omit('No slow statement is logged');
      return step.prove(({ database: live }) => live.adviseIndex(statements), {
        note: (found) => found?.note ?? 'Not proven',
        ifFailed: undefined,
      });
    }

    async function makeIndex(proof: IndexProof | undefined): Promise<boolean> {
      const why = !proof
        ? 'None is proven to help'
        : input.create === 'no'
          ? 'It is not to be made'
          : database.blocking.length > 0
            ? `The database is locked: ${database.note}`
            : undefined;
      if (!proof || why !== undefined) {
        step.create.omit(why ?? '');
        return false;
      }
      const { index } = proof;
      let ours: boolean | undefined;
      // A refusal takes nothing back.
      return unlessRejected(
        step.create(
          async ({ database: live }) => {
            // Approval may take hours, in which somebody makes it by hand.
            ours ??= !(await live.hasIndex(index));
            return live.createIndex(index);
          },
          {
            ...(input.create === 'ask' && {
              approve: `${advice!.note}. ${countText(slow.statements.length, 'slow statement')} in its logs. Nobody can write while it is made`,
            }),
            undo: async ({ database: live }) => {
              if (ours) await live.dropIndex(index);
            },
            note: ({ note }) => note,
          },
        ),
      );
    }
  },
});
