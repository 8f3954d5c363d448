import { Command } from 'commander';
import type { PlacedEntry } from '../../../activities/backups/catalogue/catalogue.ts';
import type { LastProof } from '../../../activities/backups/catalogue/last-proof.ts';
import type { BackupId } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/schema/target.ts';
import { passedText, type Unproven } from '../../../config/unproven.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { me } from '../../input/me.ts';
import { exitCodes } from '../../output/exit-code.ts';
import { print, printJson, say } from '../../output/say.ts';

interface Options {
  readonly target?: string;
  readonly all?: boolean;
  readonly full: boolean;
  readonly copy?: boolean;
  readonly by: string;
  readonly json?: boolean;
}

interface Verdict {
  readonly backup: BackupId;
  /** The directory that this copy lies in. */
  readonly place: string;
  readonly verdict: 'proven' | 'damaged' | 'unknown';
  readonly checks: readonly string[];
  /** What of it could not be judged here. Missing: nothing. */
  readonly unproven?: readonly Unproven[];
  /** What is wrong with it, or why nobody can tell. */
  readonly reason?: string;
  readonly milliseconds: number;
}

export const verify = () =>
  new Command('verify')
    .description('Prove again, from its bytes, that a backup is what it was')
    .argument('[backup]', 'id, "latest" (the default), or "before <time>"')
    .option('--all', 'every backup there is')
    .option('--full', 'integrity_check in full: it compares indexes, too, and takes longer', false)
    .option(
      '--copy',
      'only those on the second disk, "backups.copy"; otherwise every copy is proven',
    )
    .option('--by <name>', 'who asks', me())
    .option('--json', 'print one JSON array')
    .addHelpText(
      'after',
      '\nOne that is found damaged is no longer restored as "latest", nor counted as a copy that must stay.' +
        '\n\nExample: runbook backups verify --all --full',
    )
    .action(async (reference: string | undefined, options: Options) => {
      const { targetFor } = await import('../../input/target-for.ts');
      const target = narrowed(targetFor(options.target), options);
      const several = target.backups.copy !== undefined;
      const verdicts: Verdict[] = [];
      for (const { id, place } of await chosen(target, reference, options)) {
        const verdict = await prove(target, place, id, options);
        verdicts.push(verdict);
        if (!options.json) print(textOf(verdict, several));
      }
      if (options.json) printJson(verdicts);
      if (verdicts.some(({ verdict }) => verdict !== 'proven')) process.exitCode = exitCodes.failed;
    });

/** With `--copy` its second disk alone. */
function narrowed(target: Target, { copy: only }: Options): Target {
  if (!only) return target;
  const { copy: directory, ...backups } = target.backups;
  if (directory !== undefined) return { ...target, backups: { ...backups, directory } };
  throw new UsageError(
    `"${target.name}" has no "backups.copy"`,
    'runbook backups verify without --copy',
  );
}

/** Every copy that is asked for. */
async function chosen(
  target: Target,
  reference: string | undefined,
  { all }: Options,
): Promise<PlacedEntry[]> {
  const { catalogueOf, unreadText } =
    await import('../../../activities/backups/catalogue/catalogue.ts');
  if (all && reference !== undefined)
    throw new UsageError(`Both "${reference}" and --all are given`, '--all');
  const { expectHere } = await import('../../local/beside-target.ts');
  expectHere(target);
  const { backups, unread } = catalogueOf(target);
  const only = all ? undefined : await chosenId(target, reference ?? 'latest');
  for (const text of unreadText(unread)) say(text);
  return backups
    .filter(({ id }) => only === undefined || id === only)
    .flatMap(({ copies }) => copies)
    .filter(({ state }) => state !== 'incomplete');
}

async function chosenId(target: Target, reference: string): Promise<BackupId> {
  const { chosenBackup } = await import('../../local/chosen-backup.ts');
  const { id, passedOver } = chosenBackup(target, reference);
  if (passedOver !== undefined) say(passedOver);
  return id;
}

/** The long check needs nobody to wait. Only the mark is made while no run acts: so a recovery waits for none of it. */
async function prove(
  target: Target,
  place: string,
  backup: BackupId,
  { full, by }: Options,
): Promise<Verdict> {
  const { proveAgain } = await import('../../../activities/backups/reading/prove-again.ts');
  const begun = performance.now();
  let proof: LastProof;
  try {
    proof = await proveAgain(target, backup, { full, by, directory: place });
    await mark(target, place, backup, proof);
  } catch (error) {
    const reason = (error as Error).message;
    return { backup, place, verdict: 'unknown', checks: [], reason, milliseconds: since(begun) };
  }
  const { checks, damage, unproven } = proof;
  const milliseconds = since(begun);
  return damage === undefined
    ? { backup, place, verdict: 'proven', checks, ...(unproven && { unproven }), milliseconds }
    : { backup, place, verdict: 'damaged', checks, reason: damage, milliseconds };
}

async function mark(
  target: Target,
  directory: string,
  id: BackupId,
  proof: LastProof,
): Promise<void> {
  const { backupPaths } = await import('../../../activities/backups/catalogue/backup-store.ts');
  const { writeLastProof } = await import('../../../activities/backups/catalogue/last-proof.ts');
  const { besideTarget } = await import('../../local/beside-target.ts');
  const { final } = backupPaths(directory, id);
  const what = proof.damage === undefined ? 'proven' : 'found damaged';
  await besideTarget(target, () => writeLastProof(final, proof), {
    what,
    about: `backup ${id}`,
    by: proof.by,
    reason: proof.damage,
  });
}

function textOf({ backup, place, milliseconds, ...found }: Verdict, several: boolean): string {
  const { verdict, reason } = found;
  const where = several ? ` in "${place}"` : '';
  return `${backup}  ${verdict.padEnd(7)}  ${reason ?? passedText(found)}${where} (${(milliseconds / 1000).toFixed(1)} s)`;
}

function since(begun: number): number {
  return Math.round(performance.now() - begun);
}
