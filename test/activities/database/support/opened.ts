import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArtefact } from '../../../../src/activities/artefact/artefact.ts';
import { readKey } from '../../../../src/activities/artefact/key.ts';
import { readBackup } from '../../../../src/activities/backups/catalogue/backup-store.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { seenIn } from './database-files.ts';

/** Opens a backup of whatever format, for as long as `use` lasts. */
export async function whileOpenedBackup<Result>(
  target: SqliteTarget,
  id: string,
  use: (file: string) => Result,
  directory = target.backups.directory,
): Promise<Result> {
  const { file, database } = readBackup(directory, id);
  const scratch = mkdtempSync(join(tmpdir(), 'opened-'));
  const plain = join(scratch, database.file);
  try {
    const fd = openSync(plain, 'w');
    const options = { name: id, key: await readKey(target) };
    for await (const piece of readArtefact(file, database.stored, options)) writeSync(fd, piece);
    closeSync(fd);
    return use(plain);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Rows and quick_check of what is in a backup. */
export function seenInBackup(target: SqliteTarget, id: string): Promise<ReturnType<typeof seenIn>> {
  return whileOpenedBackup(target, id, seenIn);
}
