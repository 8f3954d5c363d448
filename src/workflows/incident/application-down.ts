import { z } from 'zod';
import type { StepSystems } from '../../activities/index.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { type Attempted, attempted } from '../parts/attempted.ts';
import { described } from '../parts/described.ts';
import {
  type ComparedWithGood,
  compareWithGood,
  type Differing,
  leaveGoodImage,
  startOnGoodImage,
} from '../parts/known-good.ts';
import { putFilesBack } from '../parts/put-files-back.ts';
import { rollbackPointOf } from '../parts/rollback-point.ts';
import { restartUntilWorks, startAndProve, type Works } from '../parts/restart-until-works.ts';
import { omitOthers } from '../../engine/steps/omit-others.ts';
import { applicationNotStarting } from '../troubleshooting/application-not-starting.ts';
import { databaseIssue } from './database-issue.ts';

/**
 * What looks is application-not-starting, as a part of this run. One that works, is contained, or was stopped on purpose is left alone. Else: treat
 * its database, restart it, and last, after approval each, go back to the image and then to the configuration that are known to be good; its
 * database is not rolled back. When nothing helps, the run fails and says what it found and tried.
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
        'Whether a damaged database, a changed image and changed configuration may be replaced by those of before: "ask" waits for approval',
      ),
  }),

  plan: {
    cause: 'Find out whether it is down, and why',
    services: 'Start the services that it needs',
    database: 'Treat its database',
    restart: 'Restart application',
    compare: 'Compare it with what is known to be good',
    image: 'Go back to its image from before',
    rollback: 'Roll its configuration back',
    test: 'Test functionality',
  },

  async run({ input, stamp, step }) {
    let repaired: Parameters<StepSystems['troubleshoot']['unpermitDatabase']>[0] = [];
    const cause = await step.cause(
      async ({ runbook }) => {
        const found = await runbook(applicationNotStarting, {
          start: 'no',
          repair: input.overwrite,
        });
        repaired = found.down?.repaired ?? [];
        return found;
      },
      {
        note: ({ diagnosis }) =>
          diagnosis || 'None is known: disk, port, database and cache are well',
        undo: async ({ troubleshoot }) => troubleshoot.unpermitDatabase(repaired),
      },
    );
    if (repaired.length === 0) step.cause.dropUndo();
    if (!cause.down) {
      omitOthers(step, 'It is not down, or kept down');
      return { diagnosis: cause.diagnosis, changes: [], tried: [], helped: '' };
    }
    const seen = cause.down;

    const tried = [...cause.tried];
    let still = seen.why;
    let helped = '';
    let toCheck: readonly string[] = [];

    if (seen.cache === undefined) step.services.omit('What it needs answers');
    else {
      tried.push('services');
      await step.services(({ services }) => services.start('needed'), {
        note: (started) => started?.note ?? 'Not started',
        ifFailed: undefined,
      });
    }

    if (seen.beyondUs.length > 0) {
      omit('It does not help against what was found', 'database', ...BRINGING_UP);
      throw down();
    }

    if (seen.database === undefined)
      step.database.omit('Nothing proves it damaged, and nobody has it locked');
    else await treatDatabase();

    if (helped) omit('It works again', 'restart');
    else await restart();
    if (helped) omit('It works again', 'compare', 'image', 'rollback');
    else await goBack();
    if (!helped) throw down();

    const proof = await step.test(({ app }) => app.prove(), { note: ({ note }) => note });

    return {
      diagnosis: seen.found.join('. ') || 'No known cause',
      changes: seen.changes,
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
      // It may be another file now.
      step.cause.dropUndo();
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

    /** The least first: an image is another container, and nobody's file. */
    async function goBack(): Promise<void> {
      const compared = await step.compare(compareWithGood, {
        note: ({ image, configuration }) =>
          `${image.note}. ${configuration.reason?.message ?? configuration.result!.note}`,
      });
      const { image, configuration } = compared;
      const may = input.overwrite !== 'no';
      if (image.image === undefined) step.image.omit('There is none to go back to');
      else if (!may) step.image.omit(NOT_ALLOWED);
      else await goToImage(image);
      if (helped) step.rollback.omit('It works again');
      else if (!configuration.result || configuration.result.count === 0)
        step.rollback.omit('No file differs');
      else if (!may) step.rollback.omit(NOT_ALLOWED);
      else await rollBack(configuration.result);
    }

    async function goToImage({ note, changes = [] }: ComparedWithGood['image']): Promise<void> {
      tried.push('image');
      const gone = await attempted(
        step.image((systems) => startOnGoodImage(systems, stamp), {
          ...(input.overwrite === 'ask' && {
            approve: `${note}. Its configuration and its database are not touched`,
          }),
          undo: (systems) => leaveGoodImage(systems, stamp, changes),
        }),
      );
      settle('image', gone);
    }

    async function rollBack({ request, names, note }: Differing): Promise<void> {
      tried.push('rollback');
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
      settle('rollback', rolledBack);
    }

    function settle(line: string, { result, reason }: Attempted<Works>): void {
      if (result) {
        helped = line;
        ({ toCheck } = result);
      } else still = reason.message;
    }

    function omit(why: string, ...lines: readonly (keyof typeof step)[]): void {
      for (const line of lines) step[line].omit(why);
    }

    function down(): Error {
      const causes = seen.found.length > 0 ? seen.found.join('. ') : 'No known cause was found';
      const trials = tried.length > 0 ? tried.join(', ') : 'nothing, because that cannot help';
      return failed('ApplicationDown', `It does not work: ${still}. ${causes}. Tried: ${trials}`);
    }
  },
});

const BRINGING_UP = ['restart', 'compare', 'image', 'rollback', 'test'] as const;
const NOT_ALLOWED = 'Nothing may be replaced without "overwrite"';
