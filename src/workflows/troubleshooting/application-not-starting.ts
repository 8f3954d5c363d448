import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { attempted } from '../parts/attempted.ts';
import { type Diagnosis, sentences } from '../parts/diagnosis.ts';
import {
  startAsBefore,
  proveStarted,
  startUntilReady,
  upText,
} from '../parts/start-until-ready.ts';
import { verdictOf } from '../parts/verdict-of.ts';
import { omitOthers } from '../../engine/steps/omit-others.ts';

/**
 * One that works, is contained, or was stopped on purpose is left alone. Else all looks first. What is repaired here is owner and mode
 * of its database, after approval, to the policy's and never looser; a database that is missing is never made. It is not started
 * against what a start cannot help: the run then fails, and says what would.
 */
export const applicationNotStarting = defineRunbook({
  name: 'application-not-starting',
  title: 'Application not starting',
  purpose:
    'The application does not start: find out why, repair what keeps it from its database, and start it',
  family: 'troubleshooting',
  severity: 'sev1',
  kind: 'acts',
  expected: '10m',

  input: z.object({
    repair: z
      .enum(['ask', 'yes', 'no'])
      .default('ask')
      .describe('Whether owner and mode of the database may be changed: "ask" waits for approval'),
  }),

  plan: {
    inspect: 'Check whether it works',
    lines: 'Read what it printed last',
    checklist: 'Go through the startup checklist',
    access: 'Check owner and mode of its database',
    database: 'Check the database',
    needs: 'Check disks and cache',
    evidence: 'Keep state, logs and last changes',
    repair: 'Give the database to the application',
    start: 'Start application',
    test: 'Test functionality',
  },

  async run({ input, step }) {
    const seen = await step.inspect(
      async ({ containment, runtime, app }) => {
        const { contained, stopped } = await containment.find();
        const state = await attempted(runtime.describe());
        const proof = await attempted(app.prove());
        const { running = false, restarting = false } = state.result ?? {};
        const text = state.reason?.message ?? state.result!.detail;
        return { keptDown: contained ?? stopped, running, restarting, text, proof };
      },
      {
        note: ({ keptDown, text, proof }) =>
          sentences(keptDown?.note ?? text, proof.reason?.message ?? proof.result!.note),
      },
    );
    const leftAlone = seen.keptDown?.note ?? seen.proof.result?.note;
    if (leftAlone !== undefined) {
      omitOthers(step, seen.keptDown ? 'It is kept down' : 'It works');
      const diagnosis = seen.keptDown ? leftAlone : `It works: ${leftAlone}`;
      return { diagnosis, evidence: [seen.text], tried: [], helped: '' } satisfies Diagnosis;
    }

    const last = await step.lines(
      async ({ runtime }) => (await attempted(runtime.logs(20))).result?.lines ?? [],
      { note: (lines) => lines.at(-1) ?? 'It printed nothing' },
    );

    const { lines } = await step.checklist(({ lifecycle }) => lifecycle.checkStartup(), {
      note: (checked) =>
        checked.lines.map(({ line, state, finding }) => `${line}: ${state}, ${finding}`).join('. '),
    });

    const access = await step.access(({ troubleshoot }) => troubleshoot.databaseAccess(), {
      note: ({ finding, note }) => finding ?? note,
    });

    const database = await step.database(
      async ({ database: live }) => {
        const examined = await attempted(live.examine());
        // What is no database has no locks that could be read.
        const { result } = await attempted(live.findLockHolders());
        const damaged = examined.result && verdictOf(examined.result) === 'damaged';
        const others = result?.blocking.some(({ role }) => role !== 'application');
        const locked = others ? result?.note : undefined;
        const finding = examined.reason?.message ?? examined.result!.finding;
        return { finding, damaged: damaged === true, locked };
      },
      { note: ({ finding, locked }) => sentences(finding, locked) },
    );

    const needs = await step.needs(
      async ({ host, redis }) => {
        const disks = await host.disks();
        return { disks, cache: await redis.inspect() };
      },
      { note: ({ disks, cache }) => sentences(disks.note, cache.note) },
    );

    // Its rights are judged by their own line.
    const unmet = lines.filter(
      ({ state, line }) => state === 'failed' && !line.startsWith('Database'),
    );
    const hopeless = [
      ...unmet.map(({ finding }) => finding),
      ...(access.hopeless ? [access.finding!] : []),
      ...(database.damaged && !access.hopeless
        ? [`${database.finding}: start database-issue`]
        : []),
      ...(database.locked === undefined ? [] : [`${database.locked}: start database-locked`]),
      ...needs.disks.full.map((note) => `The disk is full: ${note}`),
      ...(needs.disks.hung ?? []),
    ];
    const cache = needs.cache.reachable ? undefined : needs.cache.note;
    const causes = sentences(...hopeless, access.hopeless ? undefined : access.finding, cache);
    const evidence = [
      seen.text,
      seen.proof.reason!.message,
      ...lines.map(({ line, state, finding }) => `${line}: ${state}, ${finding}`),
      access.note,
      database.finding,
      needs.disks.note,
      needs.cache.note,
    ];

    await step.evidence((systems) => systems.evidence.keep([...evidence, ...last]), {
      note: (kept) => kept?.note ?? 'Not kept',
      ifFailed: undefined,
    });
    // A start would be in vain, and would make an empty database where there is none.
    if (hopeless.length > 0)
      throw failed('ApplicationDown', `It is not started, because that cannot help. ${causes}`);

    const tried: string[] = [];
    const { repairs } = access;
    if (repairs.length === 0)
      step.repair.omit(
        access.finding === undefined ? 'Its owner and mode are well' : 'That is for people',
      );
    else if (input.repair === 'no') step.repair.omit('They are not to be changed');
    else {
      tried.push('repair');
      const [{ to }] = repairs as [(typeof repairs)[0]];
      await step.repair(({ troubleshoot }) => troubleshoot.permitDatabase(repairs), {
        ...(input.repair === 'ask' && {
          approve: `${access.finding}. It becomes mode ${to.mode.toString(8)}, of user ${to.uid}`,
        }),
        undo: ({ troubleshoot }) => troubleshoot.unpermitDatabase(repairs),
        note: ({ note }) => note,
      });
    }

    tried.push('start');
    const { running, restarting } = seen;
    const up = await step.start(
      async (systems) => {
        // What hangs, or ends again and again, has opened what was wrong before.
        if (running || restarting) await systems.runtime.stop();
        return startUntilReady(systems);
      },
      {
        undo: async (systems) => {
          await systems.runtime.stop();
          if (running || restarting)
            await startAsBefore(systems, { running, restarting, ready: false });
        },
        note: upText,
      },
    );

    const proof = await step.test(proveStarted, { note: ({ note }) => note });

    return {
      diagnosis: causes || 'No cause was found: it started',
      evidence: [...evidence, ...(up.note === undefined ? [] : [up.note]), proof.note],
      tried,
      helped: tried.join(', '),
    } satisfies Diagnosis;
  },
});
