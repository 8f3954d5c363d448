import { Command } from 'commander';
import type { Target } from '../../config/schema/target.ts';
import { UsageError } from '../../config/usage-error.ts';
import { comparedWithWorker } from '../input/warn-of-other-policy.ts';
import { exitCodes } from '../output/exit-code.ts';
import { print, printJson, say } from '../output/say.ts';

interface Options {
  readonly target?: string;
  readonly all?: boolean;
  readonly reason?: string;
  readonly for?: string;
  readonly json?: boolean;
}

export const automation = () =>
  comparedWithWorker(new Command('automation'))
    .description('Hold back runs that start by themselves, or let them act again')
    .addCommand(turning('on', 'Let automatic runs act again'))
    .addCommand(
      turning('off', 'Hold automatic runs back, except backups and what only reads')
        .option('--for <duration>', 'how long, such as "4h"', '24h')
        .addHelpText('after', '\nExample: runbook automation off --all --reason "moving the rack"'),
    )
    .addCommand(
      new Command('status')
        .description('Say whether automatic runs may act (reads the disk beside the target)')
        .option('-t, --target <target>', 'target, as in targets/<target>.yaml (or RUNBOOK_TARGET)')
        .option('--all', 'every target that is enabled')
        .option('--json', 'print one JSON array')
        .action(status),
    );

function turning(turn: 'on' | 'off', description: string): Command {
  return new Command(turn)
    .description(description)
    .option('-t, --target <target>', 'target, as in targets/<target>.yaml (or RUNBOOK_TARGET)')
    .option('--all', 'every target that is enabled')
    .option('--reason <reason>', 'why: whoever meets it wants to know')
    .option('--json', 'print one JSON array')
    .action((options: Options) => change(turn, options));
}

/** One run for each target: one that cannot be reached does not keep the others from it. */
async function change(turn: 'on' | 'off', options: Options): Promise<void> {
  const { reason, json } = options;
  if (turn === 'off' && !reason)
    throw new UsageError('Missing --reason: why nothing may start by itself', '--reason "..."');
  const { UpToAYear } = await import('../../config/time/duration.ts');
  const length = options.for ?? '24h';
  const [fault] = UpToAYear.safeParse(length).error?.issues ?? [];
  if (fault) throw new UsageError(`Cannot read --for "${length}": ${fault.message}`, '--for 4h');
  const { startRun } = await import('../../client/runs/start-run.ts');
  const { viewRun } = await import('../../client/runs/view-run.ts');
  const { expectWorker } = await import('../../client/connection/pollers.ts');
  const { withClient } = await import('../run/with-client.ts');
  const { me } = await import('../input/me.ts');
  const answers: object[] = [];
  for (const { name } of await targetsOf(options)) {
    await withClient(async (client) => {
      await expectWorker(client, name);
      const run = await startRun(client, {
        runbook: 'automation',
        target: name,
        input: { turn, ...(turn === 'off' && { for: length }) },
        by: me(),
        because: reason,
      });
      await client.workflow
        .getHandle(run)
        .result()
        .catch(() => {});
      const { ending } = await viewRun(client, run);
      if (ending?.outcome !== 'done') process.exitCode = exitCodes.failed;
      answers.push({ target: name, run, outcome: ending?.outcome, ...(ending?.output as object) });
      say(`${name}: ${ending?.ledger[0]?.note ?? ending?.outcome ?? 'no answer'}`);
    });
  }
  if (json) printJson(answers);
}

async function status(options: Options): Promise<void> {
  const { automationOff } = await import('../../activities/automation/automation-activities.ts');
  const answers = await Promise.all(
    (await targetsOf(options)).map(async (target) => ({
      target: target.name,
      off: await automationOff(target),
    })),
  );
  if (options.json) return printJson(answers);
  for (const { target, off } of answers)
    print(
      off
        ? `${target}: off until ${off.until}, said ${off.by} at ${off.since}: ${off.reason}`
        : `${target}: on`,
    );
}

async function targetsOf({ target, all }: Options): Promise<readonly Target[]> {
  if (target && all) throw new UsageError('Both --target and --all are given', '--all');
  const { targetFor } = await import('../input/target-for.ts');
  if (!all) return [targetFor(target)];
  const { loadTargets } = await import('../../config/load/load.ts');
  const enabled = loadTargets().filter((one) => one.enabled);
  if (enabled.length === 0) throw new UsageError('No target is enabled', 'runbook target list');
  return enabled;
}
