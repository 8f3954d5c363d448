import { z } from 'zod';
import { countText } from '../../config/text/count-text.ts';
import { sizeText } from '../../config/text/size-text.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { dailyBackup } from '../backup/daily-backup.ts';
import { pruneBackups } from '../backup/prune-backups.ts';
import { rollbackPointOf } from '../parts/rollback-point.ts';
import { proveStarted, startUntilReady } from '../parts/start-until-ready.ts';
import { databaseMaintenance } from './database-maintenance.ts';
import { logRotation } from './log-rotation.ts';

/**
 * It begins inside the window only, and begins no chore after the cutoff. A chore that fails keeps neither another one from being
 * done nor the application down; what failed or was left out is named, and makes the run `partly` done. Dependencies on which it does not start again are put back. Alerts are held back until the window's
 * end at most, whatever happens to this run.
 */
export const maintenanceWindow = defineRunbook({
  name: 'maintenance-window',
  title: 'Maintenance window',
  purpose: 'Do what needs the application down, while nobody needs it',
  family: 'maintenance',
  severity: 'sev2',
  kind: 'acts',
  expected: '2h',
  lateness: '30m',
  onlyInWindow: true,
  endsPartly: true,
  downtime: { from: 'stop', until: 'start' },

  input: z.object({}),

  plan: {
    suppress: 'Suppress alerts',
    backup: 'Take a verified backup',
    stop: 'Stop application',
    update: 'Update dependencies',
    optimise: 'Optimise database',
    rotate: 'Rotate logs',
    prune: 'Remove old backups',
    chores: "Do the target's own chores",
    start: 'Start application',
    test: 'Test functionality',
    lift: 'Let alerts through again',
  },

  async run({ stamp, settings, window, step, notDone }) {
    const { until } = window!;
    await step.suppress(({ alerts }) => alerts.suppress(until, 'maintenance window'), {
      undo: ({ alerts }) => alerts.lift(),
      note: () => `Until ${until} at most`,
    });

    const backup = await step.backup(
      ({ runbook }) => runbook(dailyBackup, { class: 'maintenance' }),
      {
        note: ({ backup: id, rows }) => `${id}, ${countText(rows, 'row')}`,
      },
    );

    const stopped = await step.stop(({ runtime }) => runtime.stop(), { undo: startUntilReady });

    const update = settings.maintenance.dependencies
      ? await step.update(({ dependencies }) => dependencies.update(stamp), {
          undo: ({ dependencies }) => dependencies.restore(stamp),
          note: (done) => done?.note ?? '',
          ifPastCutoff: undefined,
        })
      : step.update.omit('The target names none');

    const database = await step.optimise(
      ({ runbook }) => runbook(databaseMaintenance, { downtime: true }),
      {
        note: (done) =>
          done ? `${sizeText(done.bytes.before)} -> ${sizeText(done.bytes.after)}` : 'Not done',
        ifFailed: undefined,
        ifPastCutoff: undefined,
      },
    );

    await step.rotate(({ runbook }) => runbook(logRotation, {}), {
      ifFailed: undefined,
      ifPastCutoff: undefined,
    });

    await step.prune(({ runbook }) => runbook(pruneBackups, {}), {
      ifFailed: undefined,
      ifPastCutoff: undefined,
    });

    const chores = await step.chores.eachByItself(
      settings.maintenance.chores,
      (chore) => chore,
      ({ runbookNamed }, chore) => runbookNamed(chore),
    );

    const ready = await step.start(startUntilReady, {
      undo: ({ runtime }) => runtime.stop(),
      note: ({ contained }) => contained?.note ?? '',
    });
    const { contained } = ready;
    if (contained) step.test.omit('It is kept down');

    const proof = contained
      ? undefined
      : await step.test(proveStarted, { note: ({ note }) => note });

    await step.lift(({ alerts }) => alerts.lift(), { ifFailed: { changed: false } });

    return {
      backup: backup.backup,
      bytes: database?.bytes,
      ...(update?.changed && rollbackPointOf(stamp, ['dependencies'])),
      /** The target's own chores that were done. */
      chores: chores.filter((one) => !one.failure && !one.leftOut).map(({ name }) => name),
      /** What failed, or was left out because of the cutoff, and why. */
      notDone: notDone(),
      /** From the order to stop until the application was ready again. */
      downtimeMilliseconds: contained
        ? undefined
        : Date.parse(ready.readyAt) - Date.parse(stopped.begunAt),
      proof: proof?.note ?? contained?.note,
    };
  },
});
