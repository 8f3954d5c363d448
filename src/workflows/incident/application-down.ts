import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { attempted } from '../parts/attempted.ts';
import { described } from '../parts/described.ts';
import { knownCauses } from '../parts/known-causes.ts';
import { putFilesBack } from '../parts/put-files-back.ts';
import { rollbackPointOf } from '../parts/rollback-point.ts';
import { restartUntilWorks, startAndProve } from '../parts/restart-until-works.ts';
import { databaseIssue } from './database-issue.ts';

/**
 * One that works, is contained, or was stopped on purpose is left alone. Else: treat its database, restart it, and last, after approval, roll its
 * configuration back to the last backup; its database is not rolled back. When nothing helps, the run fails and says what it
 * found and tried.
 */
export const applicationDown = defineRunbook({
  name: 'application-down',
  title: 'Application down',
  purpose:
    'The application is down: start it again by the least that helps, and lose no data by it',
  family: 'incident',
  severity: 'sev1',
  kind: 'acts',
  expected: '15m',
  downtime: { from: 'restart', until: 'test' },

  input: z.object({
    overwrite: z
      .enum(['ask', 'yes', 'no'])
      .default('ask')
      .describe(
        'Whether a damaged database and changed configuration may be replaced from a backup: "ask" waits for approval',
      ),
  }),

  plan: {
    inspect: 'Check whether it works',
    cause: 'Find a known cause',
    evidence: 'Keep state, logs and last changes',
    services: 'Start the services that it needs',
    database: 'Treat its database',
    restart: 'Restart application',
    compare: 'Compare its configuration with the last backup',
    rollback: 'Roll its configuration back',
    test: 'Test functionality',
  },

  async run({ input, stamp, step }) {
    const seen = await step.inspect(
      async ({ containment, runtime, app }) => {
        const { contained, stopped } = await containment.find();
        const state = await attempted(runtime.describe());
        const proof = await attempted(app.prove());
        const text = state.reason ? state.reason.message : state.result.detail;
        const keptDown = contained ?? stopped;
        return { keptDown, running: state.result?.running === true, text, proof };
      },
      {
        note: ({ keptDown, text, proof }) =>
          `${keptDown?.note ?? text}. ${proof.reason ? proof.reason.message : proof.result.note}`,
      },
    );
    if (seen.keptDown) {
      omit('It is kept down', 'cause', 'evidence', 'services', 'database', ...BRINGING_UP);
      return { diagnosis: seen.keptDown.note, changes: [], tried: [], helped: '' };
    }
    const first = seen.proof;
    if (!first.reason) {
      omit('It works', 'cause', 'evidence', 'services', 'database', ...BRINGING_UP);
      return { diagnosis: `It works: ${first.result.note}`, changes: [], tried: [], helped: '' };
    }

    const cause = await step.cause((systems) => knownCauses(systems), {
      note: ({ found }) =>
        found.join('. ') || 'None is known: disk, port, database and cache are well',
    });

    const evidence = await step.evidence(
      (systems) => systems.evidence.keep([seen.text, first.reason.message, ...cause.findings]),
      { note: (kept) => kept?.note ?? 'Not kept', ifFailed: undefined },
    );

    const tried: string[] = [];
    let still = first.reason.message;
    let helped = '';
    let toCheck: readonly string[] = [];

    if (cause.cache === undefined) step.services.omit('What it needs answers');
    else {
      tried.push('services');
      await step.services(({ services }) => services.start('needed'), {
        note: (started) => started?.note ?? 'Not started',
        ifFailed: undefined,
      });
    }

    if (cause.hopeless.length > 0) {
      omit('It does not help against what was found', 'database', ...BRINGING_UP);
      throw down();
    }

    if (cause.database === undefined)
      step.database.omit('Nothing proves it damaged, and nobody has it locked');
    else await treatDatabase();

    if (helped) omit('It works again', 'restart');
    else await restart();
    if (helped) omit('It works again', 'compare', 'rollback');
    else await rollBack();
    if (!helped) throw down();

    const proof = await step.test(({ app }) => app.prove(), { note: ({ note }) => note });

    return {
      diagnosis: cause.found.join('. ') || 'No known cause',
      changes: evidence?.changes ?? [],
      tried,
      helped,
      ...(helped === 'rollback' && rollbackPointOf(stamp, ['files'])),
      proof: proof.note,
      /** What people should check, such as a configuration that cannot be read. */
      toCheck,
    };

    async function treatDatabase(): Promise<void> {
      tried.push('database');
      const treated = await attempted(
        step.database(
          async ({ runbook, app }) => {
            const { verdict, helped: by } = await runbook(databaseIssue, {
              overwrite: input.overwrite,
            });
            return { text: by || verdict, proof: await attempted(app.prove()) };
          },
          { note: ({ text }) => text },
        ),
      );
      if (treated.reason) {
        still = treated.reason.message;
        omit('Its database comes first', ...BRINGING_UP);
        throw down();
      }
      const { text, proof } = treated.result;
      if (proof.result) helped = text;
      else still = proof.reason.message;
    }

    async function restart(): Promise<void> {
      tried.push('restart');
      const restarted = await step.restart((systems) => restartUntilWorks(systems, still), {
        note: ({ text }) => text,
        ...(seen.running && { undo: ({ runtime }) => runtime.start() }),
      });
      step.restart.dropUndo();
      if (restarted.toCheck) helped = 'restart';
      else still = restarted.why!;
      toCheck = restarted.toCheck ?? [];
    }

    async function rollBack(): Promise<void> {
      const found = await step.compare(
        async ({ files }) => {
          const { files: sources } = await files.find('latest', ['configuration']);
          const request = { files: sources, secrets: 'keep' } as const;
          return { request, ...(await files.compare(request)) };
        },
        { note: (compared) => compared?.note ?? 'Not compared', ifFailed: undefined },
      );
      const differing = found ? found.missing + found.changed : 0;
      if (!found || differing === 0 || input.overwrite === 'no') {
        step.rollback.omit(
          differing > 0 ? 'Nothing may be replaced without "overwrite"' : 'No file differs',
        );
        return;
      }
      tried.push('rollback');
      const { request, names, note } = found;
      const rolledBack = await attempted(
        step.rollback(
          async (systems) => {
            await systems.files.stage(request, stamp);
            // What is rolled back may be why nobody can say what there is to stop.
            await described(systems.runtime.stop());
            await systems.files.keep(stamp);
            await systems.files.place(stamp);
            return startAndProve(systems);
          },
          {
            ...(input.overwrite === 'ask' && {
              approve: `${note}: ${names.join(', ')}. Live secrets stay, and the database is not touched`,
            }),
            undo: async ({ runtime, files }) => {
              await described(runtime.stop());
              const left = await putFilesBack(files, stamp);
              await files.discard(stamp);
              await runtime.start();
              return left;
            },
          },
        ),
      );
      if (rolledBack.result) {
        helped = 'rollback';
        ({ toCheck } = rolledBack.result);
      } else still = rolledBack.reason.message;
    }

    function omit(why: string, ...lines: readonly (keyof typeof step)[]): void {
      for (const line of lines) step[line].omit(why);
    }

    function down(): Error {
      const causes = cause.found.length > 0 ? cause.found.join('. ') : 'No known cause was found';
      const trials = tried.length > 0 ? tried.join(', ') : 'nothing, because that cannot help';
      return failed('ApplicationDown', `It does not work: ${still}. ${causes}. Tried: ${trials}`);
    }
  },
});

const BRINGING_UP = ['restart', 'compare', 'rollback', 'test'] as const;
