import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { Command } from 'commander';
import type { CatalogueEntry } from '../../../activities/backups/catalogue/catalogue.ts';
import { BackupId } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/schema/target.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { me } from '../../input/me.ts';
import { print, printJson } from '../../output/say.ts';

interface Options {
  readonly target?: string;
  readonly existing?: boolean;
  readonly because: string;
  readonly by: string;
  readonly json?: boolean;
}

export const trust = () =>
  new Command('trust')
    .description('Answer for backups that nobody has signed, so that they count as ours')
    .argument('[backups...]', 'their ids')
    .option('--existing', 'all that are there, and whole')
    .requiredOption('--because <why>', 'how you know that they are ours')
    .option('--by <name>', 'who answers for them', me())
    .option('--json', 'print one JSON array')
    .addHelpText(
      'after',
      '\nTheir bytes are as their manifests say either way; who wrote the manifests is what you answer for. Look first: runbook backups verify <backup>' +
        '\n\nExample: runbook backups trust 20260105_020000 --because "made by the old script, on this disk since then"',
    )
    .action(async (ids: readonly string[], { because, by, json, ...options }: Options) => {
      const { besideTarget } = await import('../../local/beside-target.ts');
      const { targetFor } = await import('../../input/target-for.ts');
      const target = targetFor(options.target);
      const chosen = await choose(target, ids, options.existing === true);
      const done: { readonly backup: string; readonly changed: boolean }[] = [];
      for (const entry of chosen) {
        const changed = entry.author === undefined;
        const deed = { what: 'trusted', about: `backup ${entry.id}`, by, reason: because };
        if (changed)
          await besideTarget(target, () => answerFor(target, entry, { by, because }), deed);
        done.push({ backup: entry.id, changed });
        if (!json) print(`${entry.id} ${changed ? 'counts as ours' : `was ${entry.author}`}`);
      }
      if (json) printJson(done);
    });

async function choose(
  target: Target,
  ids: readonly string[],
  existing: boolean,
): Promise<CatalogueEntry[]> {
  const { catalogueOf } = await import('../../../activities/backups/catalogue/catalogue.ts');
  const { expectHere } = await import('../../local/beside-target.ts');
  expectHere(target);
  const hint = `runbook backups list --target ${target.name}`;
  if (existing === ids.length > 0)
    throw new UsageError('Expected either ids of backups, or --existing', hint);
  const whole = catalogueOf(target).backups.filter(({ state }) =>
    ['verified', 'untrusted'].includes(state),
  );
  if (existing) return whole.filter(({ author }) => author === undefined);
  return ids.map((id) => {
    const found = whole.find((entry) => entry.id === id);
    if (found) return found;
    const why = BackupId.safeParse(id).success ? '' : ': Expected an id such as "20260105_020000"';
    throw new UsageError(`Cannot find a whole backup "${id}"${why}`, hint);
  });
}

/** Each copy by itself. What a manifest says is what is answered for: one that is changed afterwards is untrusted again. */
async function answerFor(
  target: Target,
  { id, copies }: CatalogueEntry,
  { by, because }: Pick<Options, 'by' | 'because'>,
): Promise<void> {
  const { authorsOf } = await import('../../../activities/backups/author/authors.ts');
  const { writeTrusted } = await import('../../../activities/backups/author/trusted.ts');
  const { MOST_BYTES } = await import('../../../activities/artefact/manifest.ts');
  const { readPlain } = await import('../../../activities/artefact/plain-file.ts');
  const { backupPaths } = await import('../../../activities/backups/catalogue/backup-store.ts');
  const at = new Date().toISOString();
  for (const { place, state } of copies) {
    if (state !== 'verified' && state !== 'untrusted') continue;
    const { manifest } = backupPaths(place, id);
    const sha256 = createHash('sha256').update(readPlain(manifest, MOST_BYTES).bytes).digest('hex');
    writeTrusted(dirname(manifest), { id, sha256, by, because, at }, authorsOf(target).keys);
  }
}
