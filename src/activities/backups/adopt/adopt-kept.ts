import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { databaseDriver } from '../../database/driver-for.ts';
import type { Backup } from '../catalogue/backup-store.ts';
import { openMaking } from '../making/making.ts';
import { seal, sealedBy } from '../making/seal.ts';
import { store } from '../making/store.ts';
import { proveStored } from '../making/verify-live.ts';

/** What became of the database that a recovery kept. Neither: it kept none. */
export interface Offered {
  /** The rollback point. */
  readonly backup?: Backup;
  /** What is wrong with it, as text. It stays where it was kept, and is no backup. */
  readonly damage?: string;
}

/**
 * Turns the database that was kept into a backup, and removes it when that backup is durable.
 *
 * Until now it was only as sound as quick_check can tell, which compares no index with its table. It is the rollback point only
 * when it passes integrity_check: the application is up by now, so that this may take its time.
 *
 * The backup is a copy, not a link: a link would let whoever puts the kept file back write into the backup.
 */
export async function adoptKept(target: Target, run: string, stamp: Stamp): Promise<Offered> {
  const { backups } = target;
  const driver = databaseDriver(target);
  const sealed = sealedBy(run, backups.directory, stamp);
  const kept = await driver.kept(stamp);
  if (!sealed && !kept) return {};

  try {
    const backup = sealed ?? (await sealCopy());
    await driver.removeKept(stamp);
    return { backup };
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || error.type !== DAMAGED) throw error;
    return { damage: `${error.message}. It stays as "${kept?.name}"` };
  }

  async function sealCopy(): Promise<Backup> {
    const making = openMaking(backups.directory, stamp, run);
    // The copy, and what is stored of it.
    expectSpaceFor(2 * kept!.bytes, backups.directory);
    making.begin();
    try {
      const begun = performance.now();
      const file = join(making.directory, driver.copyName());
      const facts = await driver.copyKept(stamp, file);
      const milliseconds = Math.round(performance.now() - begun);
      making.made({ file, bytes: statSync(file).size, milliseconds, ...facts });
      await store(target, run, stamp);
      const proof = await proveStored(target, run, stamp, { full: true, blame });
      return await seal(target, run, stamp, 'pre-recovery', proof);
    } catch (error) {
      making.discard();
      throw error;
    }
  }
}

const DAMAGED = 'KeptDamaged';

function blame(check: string, finding: string): Error {
  return permanent(DAMAGED, `The database from before is damaged: ${check} says ${finding}`);
}
