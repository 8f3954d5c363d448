import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { attempted } from '../parts/attempted.ts';
import { type NotStarting, sentences } from '../parts/diagnosis.ts';
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
    start: z
      .enum(['yes', 'no'])
      .default('yes')
      .describe(
        'Whether it is started in the end: "no" leaves that to whoever asks why it is down',
      ),
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
      const nothing = { evidence: [seen.text], tried: [], helped: '', down: undefined };
      return { diagnosis, ...nothing } satisfies NotStarting;
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
        const isCause = examined.reason !== undefined || damaged;
        const cause = isCause ? finding : locked;
        return { finding, damaged: damaged === true, locked, cause };
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
    /** Only people know what may go, whatever is tried. */
    const beyondUs = [
      ...unmet.filter(({ line }) => line.startsWith('Port')).map(({ finding }) => finding),
      ...needs.disks.full.map((note) => `The disk is full: ${note}`),
      ...(needs.disks.hung ?? []),
    ];
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
    const found = [
      ...beyondUs,
      database.cause,
      ...unmet.map(({ finding }) => finding),
      access.hopeless ? undefined : access.finding,
      cache,
    ].filter((one) => one !== undefined);
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

    const kept = await step.evidence((systems) => systems.evidence.keep([...evidence, ...last]), {
      note: (all) => all?.note ?? 'Not kept',
      ifFailed: undefined,
    });
    // A start would be in vain, and would make an empty database where there is none.
    if (hopeless.length > 0 && input.start === 'yes')
      throw failed('ApplicationDown', `It is not started, because that cannot help. ${causes}`);

    const tried: string[] = [];
    const { repairs } = access;
    if (repairs.length === 0)
      step.repair.omit(
        access.finding === undefined ? 'Its owner and mode are well' : 'That is for people',
      );
    else if (beyondUs.length > 0) step.repair.omit('It does not help against what was found');
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

    if (input.start === 'no') {
      step.start.omit('Whoever asks why it is down starts it');
      step.test.omit('It is not started here');
      return {
        diagnosis: causes,
        evidence,
        tried,
        helped: '',
        down: {
          running: seen.running,
          why: seen.proof.reason!.message,
          beyondUs,
          found,
          database: database.cause,
          cache,
          changes: kept?.changes ?? [],
          repaired: tried.length > 0 ? repairs : [],
        },
      } satisfies NotStarting;
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
      down: undefined,
    } satisfies NotStarting;
  },
});
