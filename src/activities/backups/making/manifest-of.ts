import { basename } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import type { BackupClass, Manifest } from '../../artefact/manifest.ts';
import type { Proof } from '../../database/sqlite/proof/proof.ts';
import { openMaking } from './making.ts';

export interface Making {
  readonly run: string;
  readonly stamp: Stamp;
  readonly kind: BackupClass;
  readonly proof: Proof;
}

/** The manifest of what is in the making, as far as it is finished. */
export function manifestOf(target: Target, { run, stamp, kind, proof }: Making): Manifest {
  const making = openMaking(target.backups.directory, stamp, run);
  const copy = making.copy();
  const stored = making.stored()?.stored;
  if (!copy || !stored || (target.backups.encryption && !stored.encryption))
    throw permanent('RunbookBug', `Backup "${stamp}" is not stored yet as its policy says`);
  const file = basename(copy.file);
  const { bytes, sha256, pageSize, pages, schemaHash, tables, fullCheckAt, unproven } = proof;
  const { journalMode, sqliteVersion, takenAt } = copy;
  const { keyTable } = target.database;
  const again = new Set(proof.checks);
  const passedBefore = (copy.passed ?? []).filter(({ name }) => !again.has(name));
  const facts = { file, bytes, sha256, pageSize, pages, schemaHash, tables: { ...tables } };
  return {
    version: 2,
    id: stamp,
    class: kind,
    target: target.name,
    run,
    takenAt,
    database: { ...facts, keyTable, journalMode, sqliteVersion, stored },
    archives: [...making.archives()],
    ...(fullCheckAt !== undefined && { fullCheckAt }),
    ...(unproven && { unproven: [...unproven] }),
    checks: [...passedBefore, ...proof.timings],
  };
}
