import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { syncFile } from '../../../os/files/durable-files.ts';
import { bootId } from '../../../os/process/boot-id.ts';
import { openDigest } from '../../artefact/artefact.ts';
import { type Bytes, writeBytes } from '../../artefact/bytes.ts';
import { openStored } from '../../artefact/open-stored.ts';
import { databaseText } from '../../../config/load/database-text.ts';
import { databaseDriver } from '../../database/driver-for.ts';
import type { Proof, ProofOptions } from '../../database/copies.ts';
import { isAhead } from '../catalogue/ahead.ts';
import type { Stocked } from '../author/authors.ts';
import { catalogueOf } from '../catalogue/catalogue.ts';
import { openMaking, type StoredCopy } from './making.ts';

/**
 * Proves what is stored of the live database. When the last integrity_check in full is too old, it runs now: what it finds
 * is in the live database, too.
 */
export async function verifyLive(target: Target, run: string, stamp: Stamp): Promise<Proof> {
  const { backups } = target;
  const last = lastFullCheck(target);
  const proof = await proveStored(target, run, stamp, {
    full: isDue(last, backups.fullCheck),
    blame: (check, finding) =>
      permanent(
        'DatabaseCorrupt',
        `The live database "${databaseText(target.database)}" is damaged: ${check} of its copy says ${finding}` +
          (last === undefined ? '' : `. It last passed its check in full at ${last}`),
      ),
  });
  return last === undefined ? proof : { fullCheckAt: last, ...proof };
}

/**
 * What is stored is read back and opened, and its sha256 is that of the copy, which passes the other checks. A copy that went with
 * a power cut is made again of what is stored.
 */
export async function proveStored(
  target: Target,
  run: string,
  stamp: Stamp,
  options: Pick<ProofOptions, 'full' | 'blame'> = {},
): Promise<Proof> {
  const { backups } = target;
  const driver = databaseDriver(target);
  const making = openMaking(backups.directory, stamp, run);
  const file = join(making.directory, driver.copyName());
  const copy = making.stored();
  const open = ({ stored }: StoredCopy) =>
    openStored(target, join(making.directory, stored.file), stored, stamp);
  if (copy && making.isCopyLost()) {
    rmSync(file, { force: true });
    await writeBytes(file, await open(copy));
    making.add({ boot: bootId() });
  }
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw permanent('BackupDamaged', `Cannot verify backup "${stamp}": "${file}" is missing`);
  try {
    const made = making.copy();
    return await driver.prove(file, {
      ...options,
      name: stamp,
      ...(made && 'postgres' in made && { content: made.postgres }),
      ...(copy && { sha256: async () => readBack(await open(copy), stamp, copy.sha256) }),
    });
  } catch (error) {
    // What the disk refused of a copy that was not synced would look like damage: it says so now.
    syncFile(file);
    throw error;
  }
}

/** Of what was read back and opened: equal to what was in the copy. */
async function readBack(bytes: Bytes, stamp: Stamp, sha256: string): Promise<string> {
  const content = openDigest();
  for await (const _ of content.of(bytes));
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
function lastFullCheck(target: Stocked): string | undefined {
  return catalogueOf(target)
    .backups.filter(({ class: kind, state }) => kind !== 'pre-recovery' && state !== 'untrusted')
    .flatMap(({ fullCheckAt }) => fullCheckAt ?? [])
    .filter((time) => !isAhead(time))
    .toSorted()
    .at(-1);
}

function isDue(last: string | undefined, after: string): boolean {
  return last === undefined || Date.now() - Date.parse(last) >= inMilliseconds(after);
}
