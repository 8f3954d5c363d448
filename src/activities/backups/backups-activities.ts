import type { BackupReference } from '../../config/backup-id.ts';
import type { Target } from '../../config/schema/target.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { acting } from '../../os/acting.ts';
import type { BackupClass } from '../artefact/manifest.ts';
import type { Proof } from '../database/copies.ts';
import { adoptKept, type Offered } from './adopt/adopt-kept.ts';
import { adopt, type Adoption } from './adopt/adopt.ts';
import type { Backup } from './catalogue/backup-store.ts';
import { findBackup } from './catalogue/find-backup.ts';
import { recognise, type Unmanaged } from './catalogue/unmanaged.ts';
import { archive, type Archived, expectFiles } from './making/archive.ts';
import { discard, type Discarded } from './making/discard.ts';
import { expectSpace, type Prepared } from './making/expect-space.ts';
import { filePolicies } from './making/file-policy.ts';
import { seal } from './making/seal.ts';
import { type Snapshot, snapshot } from './making/snapshot.ts';
import { store, type Storing } from './making/store.ts';
import { proveStored, verifyLive } from './making/verify-live.ts';
import { quarantine, type Quarantined } from './raw-copies/quarantine.ts';
import { type CopiedOut, copyOut } from './reading/copy-out.ts';
import { type BackedUp, expectBackedUp } from './reading/expect-backed-up.ts';
import { keptUntil } from './retention/retention.ts';
import {
  finishPrune,
  type PlaceRetention,
  planPrune,
  prune,
  type Pruned,
} from './retention/prune.ts';

export type { Backup, Proof };

/** The target's backups: found, and made of copies of the live database. */
export function backupActivities(target: Target, run: string) {
  const { backups } = target;
  return {
    async find(reference: BackupReference): Promise<Backup> {
      return findBackup(target, reference);
    },

    /** Demands disk space for all that a backup writes, and the key that it needs. Answers what the policy asks for. */
    async expectSpace(kind: 'daily' | 'weekly', stamp: Stamp): Promise<Prepared> {
      return expectSpace(target, filePolicies(target, kind, stamp));
    },

    /** Copies the live database, as of one moment, while the application writes to it. */
    snapshot: acting(async (stamp: Stamp): Promise<Snapshot> => snapshot(target, stamp, run)),

    /** Makes of the copy what is kept of it: compressed and encrypted, as the policy says. */
    store: acting(async (stamp: Stamp): Promise<Storing> => store(target, run, stamp)),

    /** Proves what is stored from what is stored. What it finds becomes the manifest. Damage in a copy of the live database is in that, too. */
    async verify(stamp: Stamp, of: 'live' | 'file' = 'live'): Promise<Proof> {
      return of === 'live' ? verifyLive(target, run, stamp) : proveStored(target, run, stamp);
    },

    /** Puts the files that go with a backup beside its database. */
    archive: acting(async (kind: 'daily' | 'weekly', stamp: Stamp): Promise<Archived> =>
      archive(target, run, stamp, filePolicies(target, kind, stamp)),
    ),

    /** Demands that all of the policy's files are there. */
    async expectFiles(kind: 'daily' | 'weekly', stamp: Stamp): Promise<void> {
      expectFiles(target, filePolicies(target, kind, stamp));
    },

    /** Makes the same backup on the second disk. */
    copy: acting(async (stamp: Stamp, kind: BackupClass, proof: Proof): Promise<CopiedOut> =>
      copyOut(target, { run, stamp, kind, proof }),
    ),

    /** Makes a backup of what is stored and verified. */
    seal: acting(async (stamp: Stamp, kind: BackupClass, proof: Proof): Promise<Backup> =>
      seal(target, run, stamp, kind, proof),
    ),

    /** Removes what is in the making. A backup that its run has finished stays, and that is reported. */
    discard: acting(async (stamp: Stamp, owner: string = run): Promise<Discarded> =>
      discard(target, owner, stamp),
    ),

    /** Turns the database that a recovery kept into a backup, if nothing in it is damaged. */
    adoptKept: acting(async (stamp: Stamp): Promise<Offered> => adoptKept(target, run, stamp)),

    /** Demands a backup that is recent enough to go on without, and proves it. */
    async expectBackedUp(): Promise<BackedUp> {
      return expectBackedUp(target, run);
    },

    /** Copies the live database, raw and hashed, to where nothing touches it. Nothing of it is opened or taken away. */
    quarantine: acting(async (stamp: Stamp): Promise<Quarantined> => quarantine(target, stamp)),

    /** What a copy is that somebody made without us. `file` may be relative to the backups. */
    async recognise(file: string): Promise<Unmanaged> {
      const found = recognise(target, file);
      return { ...found, keptUntil: keptUntil(found.class, found.takenAt, backups) };
    },

    /** Brings what is in an unmanaged file to where `verify` and `seal` make a backup of it. */
    adopt: acting(async (stamp: Stamp, unmanaged: Unmanaged): Promise<Adoption> =>
      adopt(target, run, stamp, unmanaged),
    ),

    /** Answers which backups stay as of `now`, and which may go. */
    async planPrune(now: string): Promise<PlaceRetention[]> {
      return planPrune(target, now);
    },

    /** Deletes what nothing keeps as of `now`: nothing, when `own`, the backup that this run made, is not sealed. */
    prune: acting(async (now: string, own?: Stamp): Promise<Pruned> =>
      prune(target, run, now, own),
    ),

    /** Ends a deletion that was cut short, and answers what is gone. */
    finishPrune: acting(
      async (planned: readonly PlaceRetention[]): Promise<ReturnType<typeof finishPrune>> =>
        finishPrune(target, planned),
    ),
  };
}
