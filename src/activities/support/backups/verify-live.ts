import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inMilliseconds } from '../../../config/duration.ts';
import type { Stamp } from '../../../config/stamp.ts';
import type { Target } from '../../../config/target.ts';
import { openDigest, readArtefact } from '../artefact/artefact.ts';
import { readKey } from '../artefact/key.ts';
import { permanent } from '../failure.ts';
import { liveFile } from '../sqlite/file/database-set.ts';
import { type Proof, type ProofOptions, proveCopy } from '../sqlite/proof.ts';
import { isAhead } from './ahead.ts';
import { listBackups } from './backup-store.ts';
import { openMaking, type StoredCopy } from './making.ts';

/**
 * Proves what is stored of the live database. When the last integrity_check in full is too old, it runs now: what it finds
 * is in the live database, too.
 */
export async function verifyLive(target: Target, run: string, stamp: Stamp): Promise<Proof> {
  const { backups, database } = target;
  const last = lastFullCheck(backups.directory);
  const proof = await proveStored(target, run, stamp, {
    full: isDue(last, backups.fullCheck),
    blame: (check, finding) =>
      permanent(
        'DatabaseCorrupt',
        `The live database "${database.file}" is damaged: ${check} of its copy says ${finding}` +
          (last === undefined ? '' : `. It last passed integrity_check at ${last}`),
      ),
  });
  return last === undefined ? proof : { fullCheckAt: last, ...proof };
}

/** What is stored is read back and opened, and its sha256 is that of the copy, which passes the other checks. */
export async function proveStored(
  target: Target,
  run: string,
  stamp: Stamp,
  options: Pick<ProofOptions, 'full' | 'blame'> = {},
): Promise<Proof> {
  const { backups, database } = target;
  const making = openMaking(backups.directory, stamp, run);
  const file = join(making.directory, basename(liveFile(database.file)));
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw permanent('BackupDamaged', `Cannot verify backup "${stamp}": "${file}" is missing`);
  const stored = making.stored();
  return proveCopy(file, {
    ...options,
    name: stamp,
    keyTable: database.keyTable,
    ...(stored && { sha256: () => readBack(target, stamp, making.directory, stored) }),
  });
}

/** Of what was read back from the disk and opened: equal to what was in the copy. */
async function readBack(
  target: Target,
  stamp: Stamp,
  directory: string,
  { stored, sha256 }: StoredCopy,
): Promise<string> {
  const key = stored.encryption && (await readKey(target));
  const content = openDigest();
  const file = join(directory, stored.file);
  for await (const _ of content.of(readArtefact(file, stored, { name: stamp, key })));
  const got = content.digest().sha256;
  if (got !== sha256)
    throw permanent(
      'BackupDamaged',
      `Backup "${stamp}" does not pass sha256: got "${got}", expected "${sha256}"`,
    );
  return got;
}

/**
 * When a backup that is still there last passed it, or one before it. A time ahead of this clock would put the next off, and
 * so would that of a database that was replaced: it says nothing of the live one.
 */
function lastFullCheck(directory: string): string | undefined {
  return listBackups(directory)
    .filter((backup) => backup.class !== 'pre-recovery')
    .flatMap(({ fullCheckAt }) => fullCheckAt ?? [])
    .filter((time) => !isAhead(time))
    .toSorted()
    .at(-1);
}

function isDue(last: string | undefined, after: string): boolean {
  return last === undefined || Date.now() - Date.parse(last) >= inMilliseconds(after);
}
