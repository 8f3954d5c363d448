import { Command } from 'commander';
import type { Pin } from '../../../activities/backups/catalogue/pin.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { me } from '../../input/me.ts';
import { print, printJson, say } from '../../output/say.ts';

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
    .argument('<backup>', 'id, also of raw files, "latest", or "before <time>"')
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
      const { besideTarget } = await import('../../local/beside-target.ts');
      const { target, id, keep } = await pinnable(reference, options.target);
      const until = options.until === undefined ? undefined : await timeOf(options.until);
      const at = new Date().toISOString();
      const wish = {
        by,
        reason: reason!,
        at,
        ...(until && { until }),
        ...(incident && { incident }),
      };
      await besideTarget(target, () => keep(wish), {
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
      const { besideTarget } = await import('../../local/beside-target.ts');
      const { target, id, release } = await pinnable(reference, name);
      const deed = { what: 'unpinned', about: `backup ${id}`, by, reason };
      const { changed } = await besideTarget(target, release, deed);
      if (json) printJson({ backup: id, changed });
      else print(changed ? `${id} is kept as others of its class` : `${id} was not pinned`);
    });

/** A backup, or the raw files that a run has put aside. */
async function pinnable(reference: string, name: string | undefined) {
  const { pin: keep, unpin } = await import('../../../activities/backups/catalogue/pin.ts');
  const raw = await import('../../../activities/backups/raw-copies/raw-copies.ts');
  const { catalogueOf } = await import('../../../activities/backups/catalogue/catalogue.ts');
  const { chosenBackup } = await import('../../local/chosen-backup.ts');
  const { targetFor } = await import('../../input/target-for.ts');
  const target = targetFor(name);
  const { listKeptDatabases } =
    await import('../../../activities/backups/raw-copies/kept-databases.ts');
  const { found = [] } = (await listKeptDatabases(target)) ?? {};
  const isRaw =
    [...raw.listRawCopies(target), ...found].some(({ id }) => id === reference) &&
    !catalogueOf(target).backups.some(({ id }) => id === reference);
  if (isRaw)
    return {
      target,
      id: reference,
      keep: (wish: Pin) => raw.pinRawCopies(target, reference, wish, found),
      release: () => raw.unpinRawCopies(target, reference),
    };
  const { id, passedOver } = chosenBackup(target, reference);
  if (passedOver !== undefined) say(passedOver);
  return {
    target,
    id,
    keep: (wish: Pin) => keep(target.backups, id, wish),
    release: () => unpin(target.backups, id),
  };
}

/** Error: `UsageError` when it is no time, or past. */
async function timeOf(text: string): Promise<string> {
  const { Duration, inMilliseconds } = await import('../../../config/time/duration.ts');
  const { instantOf } = await import('../../../config/time/instant.ts');
  const time = Duration.safeParse(text).success
    ? Date.now() + inMilliseconds(text)
    : instantOf(text);
  if (time === undefined)
    throw new UsageError(
      `Cannot read --until "${text}": Expected a length of time such as "90d", or a time such as "2027-01-05" or "2027-01-05T02:00:00Z"`,
      '--until 90d',
    );
  if (time <= Date.now()) throw new UsageError(`--until "${text}" is past`, '--until 90d');
  return new Date(time).toISOString();
}
