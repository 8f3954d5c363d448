import { basename } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import type { BackupClass, Manifest, SqliteFacts } from '../../artefact/manifest.ts';
import type { Proof } from '../../database/copies.ts';
import { type Copy, openMaking } from './making.ts';

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
  const { bytes, sha256, fullCheckAt, unproven } = proof;
  const { takenAt } = copy;
  const again = new Set(proof.checks);
  const passedBefore = (copy.passed ?? []).filter(({ name }) => !again.has(name));
  return {
    version: 2,
    id: stamp,
    class: kind,
    target: target.name,
    run,
    takenAt,
    database:
      'postgres' in copy
        ? { engine: 'postgres', file, bytes, sha256, ...copy.postgres, stored }
        : ofFile(copy),
    archives: [...making.archives()],
    ...(fullCheckAt !== undefined && { fullCheckAt }),
    ...(unproven && { unproven: [...unproven] }),
    checks: [...passedBefore, ...proof.timings],
  };

  function ofFile({
    journalMode,
    sqliteVersion,
  }: Exclude<Copy, { postgres: unknown }>): SqliteFacts {
    const { pageSize, pages, schemaHash, tables } = proof;
    if (pageSize === undefined || pages === undefined)
      throw permanent('RunbookBug', `Backup "${stamp}" has no pages`);
    const { keyTable } = target.database;
    const facts = { file, bytes, sha256, pageSize, pages, schemaHash, tables: { ...tables } };
    return { ...facts, keyTable, journalMode, sqliteVersion, stored: stored! };
  }
}
