import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { leave } from '../../engine/steps/step.ts';
import { drain, letUsersThrough } from '../parts/proxy/drain.ts';
import { startAsBefore, startUntilReady, upText } from '../parts/start-until-ready.ts';

/**
 * Three runs, each begun by a person. `rehearse` writes the plan, and copies and proves everything by it while the application runs: how long
 * that takes is what a cut-over will cost. `cut-over` does it again with the application stopped, and switches it. `go-back` makes SQLite the
 * database again, with every row that came since. At each moment one of the two serves the application, or none, and never both.
 */
export const migrateToPostgres = defineRunbook({
  name: 'migrate-to-postgres',
  title: 'Migrate to PostgreSQL',
  purpose: 'Move the database from SQLite to PostgreSQL: rehearse, cut over, or go back',
  family: 'maintenance',
  severity: 'sev2',
  kind: 'acts',
  expected: '1h',
  downtime: { from: 'stop', until: 'start' },
  refuses: ['DatabaseNotEmpty', 'Migrated', 'MigrationDiffers', 'ValueRefused'],

  input: z.object({
    phase: z
      .enum(['rehearse', 'cut-over', 'go-back'])
      .default('rehearse')
      .describe(
        'rehearse: copy and prove while the application runs. cut-over: for good. go-back: to SQLite, with all rows',
      ),
  }),

  plan: {
    check: 'Check both databases, and what was tried before',
    profile: 'Go through every column, and write the plan',
    inspect: 'Inspect what runs, and have the downtime approved',
    drain: 'Refuse new users at the proxy',
    idle: 'Wait for those who are there',
    stop: 'Stop application',
    copy: 'Copy everything to PostgreSQL',
    prove: 'Prove that both are equal',
    switch: 'Switch the application to PostgreSQL',
    back: 'Bring the rows back, and switch to SQLite',
    start: 'Start application',
    test: 'Test functionality',
    open: 'Let users through',
  },

  async run({ input, run, stamp, step }) {
    const { phase } = input;
    const checked = await step.check(({ migration }) => migration.check(phase), {
      note: ({ note }) => note,
    });

    if (phase === 'rehearse') {
      const profiled = await step.profile(({ migration }) => migration.profile(stamp), {
        note: ({ note }) => note,
      });
      for (const line of [step.inspect, step.drain, step.idle, step.stop])
        line.omit('The application runs on');
      const { copied, proven } = await copyAndProve(false);
      for (const line of [step.switch, step.back, step.start, step.test, step.open])
        line.omit('It is a rehearsal');
      return {
        phase,
        tables: proven.tables,
        rows: proven.rows,
        questions: profiled.questions,
        rejects: copied.rejects,
        /** What a cut-over will cost, besides the application's own stop and start. */
        promisedMilliseconds: copied.milliseconds + proven.milliseconds,
      };
    }

    step.profile.omit('It was rehearsed');
    const before = await step.inspect(
      async ({ runtime, http, proxy }) => {
        const { running, detail } = await runtime.describe();
        const ready = running && (await http.isReady());
        const { drains, closed } = await proxy.find();
        return { running, ready, detail, drains, ...(closed !== undefined && { closed }) };
      },
      { approve: approvalText(), note: ({ detail }) => detail },
    );
    const { drains, ready, closed: closedBefore } = before;
    await drain(step, { run, drains, ready, restart: true, closedBefore });
    const { begunAt } = await step.stop(({ runtime }) => runtime.stop(), {
      undo: (systems) => startAsBefore(systems, before),
      note: ({ changed }) => (changed ? 'It ran' : 'It was down'),
    });

    if (phase === 'go-back') {
      for (const line of [step.copy, step.prove, step.switch]) line.omit('It is the way back');
      const back = await step.back(({ migration }) => migration.goBack('bring'), {
        undo: async ({ migration }) => {
          const { migrated, note } = await migration.find();
          return migrated ? undefined : leave(note);
        },
        note: ({ note }) => note,
      });
      const downtimeMilliseconds = await startOnIt();
      return { phase, written: back.written, rows: back.rows, downtimeMilliseconds };
    }

    const { copied, proven } = await copyAndProve(true);
    const switched = await step.switch(({ migration }) => migration.switchOver(stamp), {
      // With all that was written to PostgreSQL meanwhile.
      undo: ({ migration }) => migration.goBack('bring', stamp),
      note: ({ kept }) => `What SQLite had is "${kept}"`,
    });
    step.back.omit('It goes on with PostgreSQL');
    const downtimeMilliseconds = await startOnIt();
    return {
      phase,
      tables: proven.tables,
      rows: proven.rows,
      rejects: copied.rejects,
      kept: switched.kept,
      promisedMilliseconds: checked.promisedMilliseconds,
      /** Of it, what the rehearsal had promised. */
      copiedMilliseconds: copied.milliseconds + proven.milliseconds,
      downtimeMilliseconds,
    };

    async function copyAndProve(anew: boolean) {
      const copied = await step.copy(({ migration }) => migration.copy(stamp, { anew }), {
        note: ({ note }) => note,
      });
      const proven = await step.prove(
        ({ migration }) =>
          anew ? migration.prove(stamp) : migration.prove(stamp, copied.milliseconds),
        { note: ({ note, milliseconds }) => `${note}, in ${milliseconds} ms` },
      );
      return { copied, proven };
    }

    /** Answers for how long it was down, in ms. */
    async function startOnIt(): Promise<number> {
      const up = await step.start((systems) => startUntilReady(systems, { behindProxy: true }), {
        undo: ({ runtime }) => runtime.stop(),
        note: upText,
      });
      if (up.contained) step.test.omit('It is kept down');
      else
        await step.test(({ migration }) => migration.proveApplication(), {
          note: ({ note }) => note,
        });
      const keeps = [step.stop, step.switch, step.back, step.start];
      if (up.contained) step.open.omit('It is kept down');
      else await letUsersThrough(step, { drains, closedBefore, keeps });
      return Date.parse(up.readyAt) - Date.parse(begunAt);
    }

    function approvalText(): string {
      if (phase === 'go-back')
        return `The application is stopped, and goes back to SQLite with all rows that PostgreSQL has. ${checked.note}`;
      const seconds = ((checked.promisedMilliseconds ?? 0) / 1000).toFixed(0);
      return `The application is down for about ${seconds} s and its own stop and start, and works on PostgreSQL then. ${checked.note}`;
    }
  },
});
