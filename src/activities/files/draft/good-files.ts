import { relative } from 'node:path';
import type { BackupId } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/schema/target.ts';
import { countText } from '../../../config/text/count-text.ts';
import { readKey } from '../../artefact/key.ts';
import type { Entry, KeptArchive } from '../../artefact/manifest.ts';
import { openedArchive } from '../../artefact/sealed-archive.ts';
import { backupPaths, readManifest } from '../../backups/catalogue/backup-store.ts';
import { catalogueOf, type CatalogueEntry } from '../../backups/catalogue/catalogue.ts';
import { hashesOfConfiguration } from '../../runtime/known-good/configuration-files.ts';
import { readKnownGood } from '../../runtime/known-good/known-good-records.ts';

export interface GoodFiles {
  /** The newest that holds all of them. Missing: none does, or nothing differs. */
  readonly backup?: BackupId;
  /** One sentence. */
  readonly note: string;
}

/** Finds by their hashes in which backup the configuration files lie that are known to be good, and are others here, or gone. */
export async function findGoodFiles(target: Target): Promise<GoodFiles> {
  const good = readKnownGood(target).findLast(({ files }) => files !== undefined);
  if (!good?.files) return { note: 'No configuration is known to be good' };
  const now = hashesOfConfiguration(target);
  const differing = Object.entries(good.files).filter(
    ([file, hash]) => now[file] !== hash && mayBeIn(target, file),
  );
  if (differing.length === 0)
    return { note: `Its configuration is the one that is known to be good (${good.at})` };
  const wanted = differing.map(([file, hash]) => ({
    path: relative(target.directory, file),
    hash,
  }));
  const { backups } = catalogueOf(target);
  const found = await firstOf(
    backups.filter(({ state }) => state === 'verified'),
    (backup) => holdsAll(target, backup, wanted),
  );
  const names = `${countText(wanted.length, 'file')} of what is known to be good (${good.at})`;
  return found
    ? { backup: found.id, note: `Backup "${found.id}" holds ${names}` }
    : { note: `No backup holds ${names}` };
}

/** The files of a unit lie where systemd wants them: people put them back. */
function mayBeIn(
  { directory, runtime }: Pick<Target, 'directory' | 'runtime'>,
  file: string,
): boolean {
  return runtime.kind !== 'systemd' || !relative(directory, file).startsWith('..');
}

async function firstOf<Item>(
  items: readonly Item[],
  is: (item: Item) => Promise<boolean>,
): Promise<Item | undefined> {
  for (const item of items) if (await is(item)) return item;
  return undefined;
}

async function holdsAll(
  target: Target,
  { copies: [copy], id }: CatalogueEntry,
  wanted: readonly { readonly path: string; readonly hash: string }[],
): Promise<boolean> {
  const { archives } = readManifest(id, backupPaths(copy!.place, id).manifest);
  const archive = archives.find(({ name }) => name === 'configuration');
  if (!archive) return false;
  const entries = await entriesOf(target, archive, id);
  return wanted.every(({ path, hash }) =>
    entries.some((entry) => entry.type === 'file' && entry.path === path && entry.sha256 === hash),
  );
}

/** None where the key is of another time: such a backup holds nothing for us. */
async function entriesOf(
  target: Target,
  archive: KeptArchive,
  id: BackupId,
): Promise<readonly Entry[]> {
  try {
    const key = 'sealed' in archive ? await readKey(target) : undefined;
    return (await openedArchive(archive, key, id)).entries;
  } catch {
    return [];
  }
}
