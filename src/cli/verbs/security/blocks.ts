import { Command } from 'commander';
import { UsageError } from '../../../config/usage-error.ts';
import { columns } from '../../../report/columns.ts';
import { oneLine } from '../../../report/one-line.ts';
import { me } from '../../input/me.ts';
import { print, printJson } from '../../output/say.ts';

interface Options {
  readonly target?: string;
  readonly json?: boolean;
}

const TARGET = [
  '-t, --target <target>',
  'target, as in targets/<target>.yaml (or RUNBOOK_TARGET)',
] as const;

/** They work on the target's host, without Temporal: who has blocked a friend of his wants him back at once. */
export const blocks = () =>
  new Command('blocks')
    .description('Addresses that security-incident has blocked (on the host of the target)')
    .addCommand(
      new Command('list')
        .description('Show who is blocked, until when, and whether it is in force')
        .option(...TARGET)
        .option('--json', 'print one JSON array')
        .action(list),
    )
    .addCommand(
      new Command('end')
        .description('Let an address through again')
        .argument('<address>', 'or network, as "runbook security blocks list" shows it')
        .option(...TARGET)
        .option('--reason <reason>', 'why, for the audit')
        .option('--by <name>', 'who says so', me())
        .option('--json', 'print one JSON object')
        .addHelpText(
          'after',
          '\nExample: runbook security blocks end 203.0.113.7 --reason "our own office"',
        )
        .action(end),
    );

async function list({ target: name, json }: Options): Promise<void> {
  const { target, all } = await openBlocks(name);
  const mine = all.blocksOf(target);
  const now = mine.length > 0 ? await all.inForce(target) : [];
  const rows = mine.map((one) => ({ ...one, inForce: now.includes(one.address) }));
  if (json) return printJson(rows);
  if (rows.length === 0) return print(`Nobody is blocked for ${target.name}`);
  const head = ['address', 'until', 'in force', 'since', 'why'];
  print(
    columns([
      head,
      ...rows.map((one) => [
        one.address,
        one.until,
        one.inForce ? 'yes' : 'NO',
        one.since,
        oneLine(one.reason),
      ]),
    ]).join('\n'),
  );
}

async function end(
  address: string,
  { target: name, by, reason, json }: Options & { readonly by: string; readonly reason?: string },
): Promise<void> {
  const { canonicalBlock, networkOf, overlap } =
    await import('../../../activities/security/block/network.ts');
  const { besideTarget } = await import('../../local/beside-target.ts');
  const known = canonicalBlock(address);
  if (known === undefined)
    throw new UsageError(`"${address}" is no address or network`, 'runbook security blocks list');
  const { target, all } = await openBlocks(name);
  const others = all
    .blocksOf(target)
    .map((one) => one.address)
    .filter((one) => one !== known && overlap(networkOf(one)!, networkOf(known)!));
  const deed = { what: 'unblocked', about: `address ${known}`, by, reason };
  const { changed } = await besideTarget(
    target,
    () => all.unblock(target, { address: known }),
    deed,
  );
  if (json) return printJson({ address: known, changed, stillBlocked: others });
  const free = changed && others.length === 0;
  print(
    free
      ? `${known} gets through again`
      : `${known} ${changed ? 'is no longer blocked' : 'was not blocked'} for ${target.name}`,
  );
  if (others.length > 0) print(`Still blocked: ${others.join(', ')}. To end that, name it`);
}

async function openBlocks(name: string | undefined) {
  const { targetFor } = await import('../../input/target-for.ts');
  const { expectHere } = await import('../../local/beside-target.ts');
  const all = await import('../../../activities/security/block/blocks.ts');
  const target = targetFor(name);
  expectHere(target);
  return { target, all };
}
