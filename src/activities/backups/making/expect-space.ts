import type { Target } from '../../../config/schema/target.ts';
import { expectSpaceFor, inMebibytes } from '../../../os/files/disk-space.ts';
import { readKey } from '../../artefact/key.ts';
import { databaseDriver } from '../../database/driver-for.ts';
import type { FilePolicy } from './file-policy.ts';
import { sizeOfWalk, walk } from './walk.ts';

export interface Prepared {
  readonly note: string;
  /** Whether files go with the backup. */
  readonly files: boolean;
  /** The second disk. */
  readonly copy?: string;
  /** The bucket, on other premises. */
  readonly offsite?: string;
}

/** Before anything is copied: disk space for all that a backup puts on disk while it is made, and the key that it needs. */
export async function expectSpace(
  target: Target,
  policies: readonly FilePolicy[],
): Promise<Prepared> {
  const { backups } = target;
  const key = await readKey(target);
  const driver = databaseDriver(target);
  const plain = await driver.sizeOfCopy();
  // What cannot be compressed takes as much again: nobody knows before it is tried.
  const packed = backups.compression === 'zstd' || key ? plain : 0;
  const archives = policies
    .map((policy) => sizeOfWalk(walk(target, policy)))
    .reduce((sum, size) => sum + size, 0);

  const { directory } = backups;
  const { needed, available } = expectSpaceFor(plain + packed + archives, directory);
  const proof = await driver.expectSpaceToProve?.({ directory, bytes: needed });
  return {
    note: [
      `${inMebibytes(needed)} needed, ${inMebibytes(available)} available`,
      ...(proof ? [proof.note] : []),
    ].join('. '),
    files: policies.length > 0,
    ...(backups.copy !== undefined && { copy: backups.copy }),
    ...(backups.offsite && { offsite: backups.offsite.bucket }),
  };
}
