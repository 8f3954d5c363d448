import { Command } from 'commander';
import { UsageError } from '../../../config/usage-error.ts';
import { me } from '../../me.ts';
import { print, printJson } from '../../say.ts';

interface Options {
  readonly target?: string;
  readonly by: string;
  readonly reason?: string;
  readonly until?: string;
  readonly incident?: string;
  readonly json?: boolean;
}

export const pin = () =>
  new Command('pin')
    .description('Keep a backup, however old it gets')
    .argument('<backup>', 'id, "latest", or "before <time>"')
    .requiredOption('--reason <reason>', 'why: whoever finds it wants to know')
    .option(
      '--until <time>',
      'such as 90d, 2026-12-31 or 2026-12-31T12:00:00Z; otherwise until it is unpinned',
    )
    .option('--incident <incident>', 'the incident that needs it')
    .option('--by <name>', 'who wants it kept', me())
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample: runbook backups pin 20260105_020000 --reason "the audit" --until 90d',
    )
    .action(async (reference: string, { by, reason, incident, json, ...options }: Options) => {
      const { pin: keep } = await import('../../../activities/support/backups/pin.ts');
      const { besideTarget } = await import('../../beside-target.ts');
      const { target, id } = await backupFor(reference, options.target);
      const until = options.until === undefined ? undefined : await timeOf(options.until);
      const at = new Date().toISOString();
      const wish = {
        by,
        reason: reason!,
        at,
        ...(until && { until }),
        ...(incident && { incident }),
      };
      const { directory } = target.backups;
      await besideTarget(target, () => keep(directory, id, wish), {
        what: 'pinned',
        about: `backup ${id}`,
        by,
        reason,
      });
      if (json) printJson({ backup: id, changed: true, pin: wish });
      else print(`${id} stays${until ? ` until ${until}` : ' until it is unpinned'}`);
    });

export const unpin = () =>
  new Command('unpin')
    .description('Let a pinned backup go when its time is over')
    .argument('<backup>', 'id, "latest", or "before <time>"')
    .option('--reason <reason>', 'why, for the audit')
    .option('--by <name>', 'who says so', me())
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample: runbook backups unpin 20260105_020000')
    .action(async (reference: string, { by, reason, json, target: name }: Options) => {
      const { unpin: letGo } = await import('../../../activities/support/backups/pin.ts');
      const { besideTarget } = await import('../../beside-target.ts');
      const { target, id } = await backupFor(reference, name);
      const deed = { what: 'unpinned', about: `backup ${id}`, by, reason };
      const { changed } = await besideTarget(
        target,
        () => letGo(target.backups.directory, id),
        deed,
      );
      if (json) printJson({ backup: id, changed });
      else print(changed ? `${id} is kept as others of its class` : `${id} was not pinned`);
    });

async function backupFor(reference: string, name: string | undefined) {
  const { chosenBackup } = await import('../../chosen-backup.ts');
  const { targetFor } = await import('../../target-for.ts');
  const target = targetFor(name);
  return { target, id: chosenBackup(target, reference) };
}

/** Error: `UsageError` when it is no time, or past. */
async function timeOf(text: string): Promise<string> {
  const { Duration, inMilliseconds } = await import('../../../config/duration.ts');
  const time = Duration.safeParse(text).success
    ? Date.now() + inMilliseconds(text)
    : Date.parse(text);
  if (Number.isNaN(time)) throw new UsageError(`Cannot read --until "${text}"`, '--until 90d');
  if (time <= Date.now()) throw new UsageError(`--until "${text}" is past`, '--until 90d');
  return new Date(time).toISOString();
}
