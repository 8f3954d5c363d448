import type { BackupReference } from '../../config/backup-id.ts';
import type { Target } from '../../config/schema/target.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { acting } from '../../os/acting.ts';
import type { ArchiveName } from '../artefact/manifest.ts';
import { compareFiles, type Comparison } from './draft/compare-files.ts';
import type { RestoreRequest } from './draft/draft.ts';
import { findGoodFiles, type GoodFiles } from './draft/good-files.ts';
import { findSources, type Sources } from './draft/sources.ts';
import { keepFiles, type KeptFiles } from './restore/keep-files.ts';
import { findKept, type FoundKept } from './restore/kept-files.ts';
import { type PlacedFiles, placeFiles } from './restore/place-files.ts';
import {
  cleanUpFiles,
  type CleanedUpFiles,
  discardFiles,
  type PutBack,
  putFilesBack,
} from './restore/put-files-back.ts';
import { type StagedFiles, stageFiles } from './restore/stage-files.ts';
import { type StagedKept, stageKept } from './restore/stage-kept.ts';

/** The target's configuration and data, as backups carry them. */
export function fileActivities(target: Target, run: string) {
  return {
    /** The backup that people mean, and those that its files come from. Errors: `BackupNotFound`, `BackupDamaged`. */
    async find(reference: BackupReference, wanted: readonly ArchiveName[]): Promise<Sources> {
      return findSources(target, reference, wanted);
    },

    /** The backup that holds the configuration that is known to be good, when another one is here. */
    async findKnownGood(): Promise<GoodFiles> {
      return findGoodFiles(target);
    },

    /** Answers what differs, by name. Errors: `FileInTheWay`, `EnvUnreadable`, `BackupDamaged`. */
    async compare(request: RestoreRequest): Promise<Comparison> {
      return compareFiles(target, request);
    },

    /** Brings all that differs, proven, to where `place` takes it from. */
    stage: acting(async (request: RestoreRequest, stamp: Stamp): Promise<StagedFiles> =>
      stageFiles(target, run, request, stamp),
    ),

    /** What a run has kept of the files that it replaced. Changes nothing. Errors: `FileInTheWay`, `EnvUnreadable`. */
    async findKept(from: Stamp): Promise<FoundKept> {
      return findKept(target, from);
    },

    /** Brings what the run of stamp `from` kept to where `place` takes it from. */
    stageKept: acting(async (from: Stamp, stamp: Stamp): Promise<StagedKept> =>
      stageKept(target, from, stamp),
    ),

    keep: acting(async (stamp: Stamp): Promise<KeptFiles> => keepFiles(target, stamp)),

    /** Errors: `StagedMissing`, `FileInTheWay`. */
    place: acting(async (stamp: Stamp): Promise<PlacedFiles> => placeFiles(target, stamp)),

    putBack: acting(async (stamp: Stamp): Promise<PutBack> => putFilesBack(target, stamp)),

    /** Removes what `stage` and `keep` made. */
    discard: acting(async (stamp: Stamp): Promise<{ readonly changed: boolean }> =>
      discardFiles(target, stamp),
    ),

    /** For a run that was terminated. */
    cleanUp: acting(async (stamp: Stamp): Promise<CleanedUpFiles> => cleanUpFiles(target, stamp)),
  };
}
