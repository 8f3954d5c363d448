import { existsSync, mkdirSync } from 'node:fs';
import { Command } from 'commander';
import type { Fetched } from '../../../activities/offsite/fetch/fetch-backups.ts';
import { BackupId } from '../../../config/backup-id.ts';
import { sizeText } from '../../../config/text/size-text.ts';
import type { Target } from '../../../config/schema/target.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { me } from '../../input/me.ts';
import { print, printJson, say } from '../../output/say.ts';

interface Options {
  readonly target?: string;
  readonly backup?: string;
  readonly by: string;
  readonly json?: boolean;
}

export const restoreHost = () =>
  new Command('restore-host')
    .description(
      'On a new host: bring the newest backup from the bucket, for a recovery to go on with',
    )
    .option('--backup <id>', 'another one than the newest that may be believed')
    .option('--by <name>', 'who asks', me())
    .option('--json', 'print one JSON array')
    .addHelpText(
      'after',
      "\nIt takes the target's file, the key of the backups and that of the bucket, and nothing else. What is here stays; what was cut short goes on " +
        'where it was.\n\nExample: runbook backups restore-host --target ahgd',
    )
    .action(async ({ json = false, ...options }: Options) => {
      const { targetFor } = await import('../../input/target-for.ts');
      const target = targetFor(options.target);
      const asked = options.backup === undefined ? undefined : idOf(options.backup, target);
      makeDirectory(target);
      const done = await fetchThem(target, asked, options.by);
      if (json) return printJson(done);
      for (const one of done) print(lineOf(one));
      say(
        `Try: runbook dev ${target.name}, and beside it: runbook start system-recovery --target ${target.name} --backup ${done[0]!.id} --because 'a new host'`,
      );
    });

async function fetchThem(target: Target, id: BackupId | undefined, by: string): Promise<Fetched[]> {
  const { fetchBackups } = await import('../../../activities/offsite/fetch/fetch-backups.ts');
  const { besideTarget } = await import('../../local/beside-target.ts');
  const reason = `from s3://${target.backups.offsite?.bucket ?? ''}`;
  try {
    return await fetchBackups(target, {
      id,
      onProgress: say,
      place: (one, work) =>
        besideTarget(target, work, { what: 'brought', about: `backup ${one}`, by, reason }),
    });
  } catch (error) {
    const { type } = error as Error & { type?: string };
    if (!['BackupNotFound', 'InvalidInput', 'Refused'].includes(type ?? '')) throw error;
    throw new UsageError((error as Error).message, `runbook doctor ${target.name}`);
  }
}

/** The host is new. Whose it is to be is for whoever set up the application's user. */
function makeDirectory({ directory }: Target): void {
  if (existsSync(directory)) return;
  mkdirSync(directory, { recursive: true });
  say(`Made "${directory}": give it to the user that the application runs as, before it starts`);
}

function idOf(text: string, { name }: Target): BackupId {
  const { success, data } = BackupId.safeParse(text);
  if (success) return data;
  throw new UsageError(
    `Expected an id such as "20260105_020000", found "${text}"`,
    `runbook backups restore-host --target ${name}`,
  );
}

function lineOf({ id, takenAt, bytes, directory, changed, by }: Fetched): string {
  const whose = by === undefined ? '' : `, ${by}`;
  const what = changed ? `${sizeText(bytes)} brought to` : 'was whole before in';
  return `${id}, taken ${takenAt}${whose}: ${what} ${directory}`;
}
