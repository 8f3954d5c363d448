import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import { Command } from 'commander';
import { countText } from '../../../config/text/count-text.ts';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { login, me } from '../../input/me.ts';
import { exitCodes } from '../../output/exit-code.ts';
import { print, printJson, say } from '../../output/say.ts';

interface Options {
  readonly target?: string;
  readonly because?: string;
  readonly json?: boolean;
}

interface Answer {
  readonly file: string;
  /** Missing: it was refused before anything was started. */
  readonly run?: string;
  readonly outcome: string;
  readonly backup?: string;
  readonly takenAt?: string;
  readonly rows?: number;
  readonly class?: string;
  /** From then on retention deletes it, unless it is pinned or one of the newest. ISO 8601, UTC. */
  readonly keptUntil?: string;
  /** False: it was adopted before. */
  readonly changed?: boolean;
  /** Why it was refused. */
  readonly reason?: string;
}

export const adopt = () =>
  new Command('adopt')
    .description('Make verified backups of copies that were taken without us')
    .argument(
      '<files...>',
      'such as health_analytics_20260105_020000.db, analytics_hub_20260105.db.gz, pgbackrest:2026-01-05T13:59:59Z',
    )
    .option('--because <reason>', 'why, for the report')
    .option('--json', 'print one JSON array')
    .addHelpText(
      'after',
      '\nThe files stay as they are: delete them when you like. Each ends on its own: the exit code is 0' +
        '\nwhen all of them are backups now, otherwise that of the first that is not.' +
        '\n\nExample: runbook backups adopt --target ahgd /app/backups/health_analytics_*.db',
    )
    .action(async (files: string[], { target: name, because, json }: Options) => {
      const { targetFor } = await import('../../input/target-for.ts');
      const { expectWorker } = await import('../../../client/connection/pollers.ts');
      const { withClient } = await import('../../run/with-client.ts');
      const target = targetFor(name);
      await withClient(async (client) => {
        await expectWorker(client, target.name);
        const answers: Answer[] = [];
        for (const file of files) {
          const answer = await adoptOne(client, target, file, because);
          answers.push(answer);
          if (!json) print(textOf(answer));
        }
        if (json) printJson(answers);
      });
    });

async function adoptOne(
  client: Client,
  target: Target,
  name: string,
  because: string | undefined,
): Promise<Answer> {
  const { startRun } = await import('../../../client/runs/start-run.ts');
  const { followUntilEnd } = await import('../../run/follow-until-end.ts');
  const { exitCodeOf } = await import('../../output/exit-code.ts');
  // What is not here may still lie beside the backups, or on the target's own host.
  const file = existsSync(name) ? resolve(name) : name;
  const refused = existsSync(file) ? await refusalOf(target, file) : undefined;
  if (refused !== undefined) {
    process.exitCode ||= exitCodes.usage;
    return { file, outcome: 'refused', reason: refused };
  }
  const run = await startRun(client, {
    runbook: 'adopt-backup',
    target: target.name,
    input: { file },
    by: me(),
    login: login(),
    because,
    stamp: await freeStamp(target, file),
  });
  say(`Started ${run}`);
  const view = await followUntilEnd(client, run);
  const code = exitCodeOf(view);
  if (code !== exitCodes.done && !process.exitCode) process.exitCode = code;
  const { ending, status } = view;
  const reason = ending?.failure?.message;
  const output = ending?.output as Omit<Answer, 'run' | 'outcome'> | undefined;
  const outcome = ending?.outcome ?? status;
  return { file, run, outcome, ...output, ...(reason !== undefined && { reason }) };
}

async function refusalOf(target: Target, file: string): Promise<string | undefined> {
  const { refusalToAdopt } = await import('../../../activities/backups/catalogue/unmanaged.ts');
  return refusalToAdopt(target, file);
}

/** The id that its name tells, unless another backup has it: then that of the run. */
async function freeStamp(target: Target, file: string): Promise<Stamp | undefined> {
  const { catalogueOf } = await import('../../../activities/backups/catalogue/catalogue.ts');
  const { idInName } = await import('../../../activities/backups/catalogue/unmanaged.ts');
  const id = idInName(file);
  return catalogueOf(target).backups.some((entry) => entry.id === id) ? undefined : id;
}

function textOf(answer: Answer): string {
  const { file, backup, takenAt, rows, changed, reason, outcome } = answer;
  if (backup === undefined) return `refused  ${file}: ${reason ?? outcome}`;
  if (!changed) return `adopted  ${file}: it is backup ${backup} already`;
  return `adopted  ${file}: backup ${backup}, taken ${takenAt}, ${countText(rows ?? 'no', 'row')}${deletionOf(answer)}`;
}

function deletionOf({ class: kind, keptUntil, backup }: Answer): string {
  if (keptUntil === undefined) return '';
  const over = Date.parse(keptUntil) <= Date.now();
  return (
    `; retention deletes it as "${kind}" ${over ? 'with the next prune' : `after ${keptUntil}`}, unless it is one of the newest. ` +
    `To keep it: runbook backups pin ${backup} --reason <why>`
  );
}
