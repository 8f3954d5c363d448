import { dropDrill, restoreForDrill } from '../database/postgres/restore/for-drill.ts';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { BackupId } from '../../config/backup-id.ts';
import { isPostgres, isSqlite, type Target } from '../../config/schema/target.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import type { Unproven } from '../../config/unproven.ts';
import { acting } from '../../os/acting.ts';
import { failureOf } from '../../os/failure-of.ts';
import { passing, permanent } from '../../os/failure.ts';
import { writeDurably } from '../../os/files/durable-files.ts';
import { readContainment } from '../../state/containment.ts';
import { addDrill, type DrillRecord, readDrills } from '../../state/drill-history.ts';
import { appActivities, type Proof } from '../app/app-activities.ts';
import { httpActivities } from '../app/http-activities.ts';
import { backupPaths } from '../backups/catalogue/backup-store.ts';
import { catalogueOf } from '../backups/catalogue/catalogue.ts';
import { findBackup } from '../backups/catalogue/find-backup.ts';
import { writeLastProof } from '../backups/catalogue/last-proof.ts';
import { proveSomewhere } from '../backups/reading/prove-somewhere.ts';
import { stage } from '../database/sqlite/restore/stage.ts';
import { isLive, swap } from '../database/sqlite/restore/swap.ts';
import { driverFor } from '../runtime/driver-for.ts';
import { endDrillContainers } from './drill-containers.ts';
import { drillImage } from './drill-image.ts';
import { drillDirectory, type DrillPlace, drillTarget, wantsImage } from './drill-target.ts';
import { handOver, lentDirectory, makeLent, removeLent } from './lent-directory.ts';

export interface Choice {
  readonly newest: { readonly id: BackupId; readonly takenAt: string };
  /** Any of the others, because the newest one alone says nothing about them. */
  readonly other?: BackupId;
  /** Which newer backups are of no use, and which places cannot be read: sentences. */
  readonly passedOver?: string;
  /** Why its application cannot be booted for practice. */
  readonly unbootable?: string;
}

export interface Practised {
  readonly id: BackupId;
  readonly checks: readonly string[];
  /** What of it could not be judged here. Missing: nothing. */
  readonly unproven?: readonly Unproven[];
  /** What is wrong with it. */
  readonly damage?: string;
}

/** Practice restores, in a directory of their own. `run` is the run on whose behalf it is done. */
export function drillActivities(target: Target, run: string) {
  return {
    /** `stamp` decides on the one at random, so that a retry chooses the same. */
    async choose(stamp: Stamp): Promise<Choice> {
      const { id, takenAt, passedOver } = findBackup(target, 'latest');
      const others = catalogueOf(target).backups.filter(
        (backup) => backup.state === 'verified' && backup.id !== id,
      );
      const other = others[Number(stamp.replace('_', '')) % Math.max(1, others.length)]?.id;
      // What does harm may do it from a scratch directory, too.
      const unbootable = target.drill
        ? (readContainment(target)?.note ?? (await withoutImage()))
        : 'The target has no "drill": nothing says how to boot its application';
      return {
        newest: { id, takenAt },
        ...(passedOver !== undefined && { passedOver }),
        ...(other !== undefined && { other }),
        ...(unbootable !== undefined && { unbootable }),
      };
    },

    /** Opens all of a backup, with integrity_check in full. What it finds stays with the backup. */
    prove: acting(async (id: BackupId): Promise<Practised> => {
      const {
        checks = [],
        unproven,
        damaged,
      } = await proveSomewhere(target, id, {
        full: true,
        by: run,
        all: true,
        heard: (place, proof) => writeLastProof(backupPaths(place, id).final, proof),
      });
      const told = unproven && { unproven };
      return { id, checks, ...told, ...(damaged.length > 0 && { damage: damaged.join('. ') }) };
    }),

    restore: acting(
      async (id: BackupId, stamp: Stamp): Promise<{ readonly milliseconds: number }> => {
        const begun = performance.now();
        const practice = inDrill(stamp, { port: await portOf(stamp) });
        const lent = lentDirectory(target, stamp);
        if (lent) makeLent(lent);
        const backup = findBackup(target, id);
        if (isPostgres(target)) await restoreForDrill(target, backup, stamp);
        if (isSqlite(practice)) {
          const staged = await stage(practice, backup, stamp);
          if (!isLive(practice.database.file, staged)) await swap(practice, staged);
        }
        return { milliseconds: Math.round(performance.now() - begun) };
      },
    ),

    /** Starts the application on the restored copy, and waits until it is ready. */
    boot: acting(async (stamp: Stamp): Promise<{ readonly milliseconds: number }> => {
      const begun = performance.now();
      const practice = inDrill(stamp, await placeOf(stamp));
      const driver = driverFor(practice);
      if (!(await driver.describe()).running) {
        // One of an earlier drill may have its name, its port or the memory that it needs.
        await endDrillContainers(commandOf(target), target);
        const lent = lentDirectory(target, stamp);
        if (lent) handOver(lent);
        await driver.start();
      }
      await httpActivities(practice).expectReady();
      return { milliseconds: Math.round(performance.now() - begun) };
    }),

    async test(stamp: Stamp): Promise<Proof> {
      return appActivities(inDrill(stamp, { port: await portOf(stamp) })).prove();
    },

    /** Ends what was booted, and removes the directory. */
    clean: acting(async (stamp: Stamp): Promise<{ readonly changed: boolean }> => {
      const directory = drillDirectory(target, stamp);
      if (!existsSync(directory)) return { changed: false };
      const port = await portOf(stamp);
      // Nothing of it is worth a polite end. Then its command has nothing to wait for; and one that it was about to make goes, too.
      await endDrillContainers(commandOf(target), target);
      if (target.drill) await driverFor(inDrill(stamp, { port })).stop();
      await endDrillContainers(commandOf(target), target);
      // Whatever it was, its database must not be deleted under it.
      if (await isTaken(port))
        throw passing(
          'StopHangs',
          `What the drill has started still listens on port ${port}: end it, and then try again`,
        );
      const lent = lentDirectory(target, stamp);
      if (lent) removeLent(lent);
      if (isPostgres(target)) await dropDrill(target, stamp);
      rmSync(directory, { recursive: true, force: true });
      return { changed: true };
    }),

    /** Answers the history that it is now a part of, the newest last. */
    record: acting(async (drill: DrillRecord): Promise<{ readonly drills: number }> => {
      addDrill(target, drill);
      return { drills: readDrills(target).length };
    }),
  };

  function inDrill(stamp: Stamp, place: DrillPlace): Target {
    return drillTarget(target, stamp, place);
  }

  /** The same for the whole drill, whatever is deployed meanwhile. */
  async function placeOf(stamp: Stamp): Promise<DrillPlace> {
    const port = await portOf(stamp);
    if (!wantsImage(target)) return { port };
    const file = join(drillDirectory(target, stamp), 'image');
    if (existsSync(file)) return { port, image: readFileSync(file, 'utf8') };
    const image = await drillImage(target);
    if (image === undefined) throw permanent('ImageMissing', NO_IMAGE);
    writeDurably(file, image);
    return { port, image };
  }

  /** Why nobody can tell which image to boot, if so. Backups are proven all the same. */
  async function withoutImage(): Promise<string | undefined> {
    if (!wantsImage(target)) return undefined;
    try {
      return (await drillImage(target)) === undefined ? NO_IMAGE : undefined;
    } catch (error) {
      return `Nobody could be asked which image to boot: ${failureOf(error).message}`;
    }
  }

  /** A free port, the same for the whole drill: a retry must find what an earlier attempt has started. */
  async function portOf(stamp: Stamp): Promise<number> {
    const file = join(drillDirectory(target, stamp), 'port');
    if (existsSync(file)) return Number(readFileSync(file, 'utf8'));
    mkdirSync(drillDirectory(target, stamp), { recursive: true, mode: 0o700 });
    const port = await freePort();
    writeDurably(file, `${port}`);
    return port;
  }
}

const NO_IMAGE =
  'There is no container of the application, and no image of a start that was proven: nothing says which image to boot';

function commandOf({ drill }: Target): readonly string[] {
  return drill?.command ?? [];
}

/** Whether anybody accepts connections there. */
async function isTaken(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(2000) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}
