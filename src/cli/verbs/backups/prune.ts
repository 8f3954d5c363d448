import { Command } from 'commander';
import type { PlaceRetention } from '../../../activities/backups/retention/prune.ts';
import { columns } from '../../../report/columns.ts';
import { print, printJson } from '../../output/say.ts';
import { sizeText } from '../../../config/text/size-text.ts';

interface Options {
  readonly target?: string;
  readonly plan?: boolean;
  readonly json?: boolean;
}

export const prune = () =>
  new Command('prune')
    .description('Delete the backups and raw files that nothing keeps any more')
    .option('--plan', 'show which would go, and why the others stay: it deletes nothing')
    .option('--because <reason>', 'why, for the report')
    .option('--detach', 'start it and do not follow it')
    .option('--no-wait', 'fail at once when another run holds the target')
    .option('--json', 'print one JSON value')
    .addHelpText('after', '\nExample: runbook backups prune --plan --target ahgd')
    .action(async (options: Options) => {
      if (options.plan) return printPlan(options);
      const { catalogue } = await import('../../../client/catalogue.ts');
      const { startAndFollow } = await import('../../run/start-and-follow.ts');
      await startAndFollow('prune-backups', catalogue.get('prune-backups')!, { ...options });
    });

/** Reads the disk beside the target, as "backups list" does: also without Temporal. */
async function printPlan({ target: name, json }: Options): Promise<void> {
  const { planPrune } = await import('../../../activities/backups/retention/prune.ts');
  const { expectHere } = await import('../../local/beside-target.ts');
  const { targetFor } = await import('../../input/target-for.ts');
  const target = targetFor(name);
  expectHere(target);
  const places = await planPrune(target, new Date().toISOString());
  if (json) return printJson(places);
  for (const place of places) print(textOf(place));
}

function textOf({ directory, keep, remove, raw, server, unread }: PlaceRetention): string {
  if (unread !== undefined) return `${server ?? directory} cannot be read: ${unread}`;
  const cells = [
    ...remove.map(({ id, bytes, reason }) => ['goes', id, sizeText(bytes), reason]),
    ...keep.map(({ id, bytes, reason }) => ['stays', id, sizeText(bytes), reason]),
  ];
  const freed = remove.reduce((sum, { bytes }) => sum + bytes, 0);
  const what =
    server !== undefined
      ? `Databases beside ${server}`
      : raw
        ? 'Raw files of databases'
        : directory;
  return [
    `${what}: ${remove.length} would go (${sizeText(freed)}), ${keep.length} stay`,
    ...columns(cells).map((line) => `  ${line}`),
  ].join('\n');
}
