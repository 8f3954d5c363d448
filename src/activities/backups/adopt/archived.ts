import { randomUUID } from 'node:crypto';
import { renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresTarget } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { syncDirectory, syncFile } from '../../../os/files/durable-files.ts';
import { removeStartingWith } from '../../../os/files/remove-starting-with.ts';
import { databaseDriver } from '../../database/driver-for.ts';
import { copyFromArchive } from '../../database/postgres/archive/copy-from-archive.ts';
import { writeOrigin } from '../catalogue/origin.ts';
import { type CopyFile, openMaking } from '../making/making.ts';

/** Makes a copy of the database as it was at a moment of the server's archive, where `adopt` makes one of a file. */
export async function adoptArchived(
  target: PostgresTarget,
  run: string,
  stamp: Stamp,
  { name, moment }: { readonly name: string; readonly moment: string },
): Promise<CopyFile & { readonly changed: boolean }> {
  const making = openMaking(target.backups.directory, stamp, run);
  const made = making.copy();
  if (made) {
    const { file, bytes, milliseconds, takenAt } = made;
    return { file, bytes, milliseconds, takenAt, changed: false };
  }
  making.begin();
  const begun = performance.now();
  const file = join(making.directory, databaseDriver(target).copyName());
  const part = `${file}.part-${randomUUID()}`;
  try {
    const facts = await copyFromArchive(target, moment, part);
    syncFile(part);
    renameSync(part, file);
    syncDirectory(making.directory);
    writeOrigin(making.directory, { file: name });
    const { size: bytes } = statSync(file);
    const milliseconds = Math.round(performance.now() - begun);
    const copy = { file, bytes, milliseconds, takenAt: moment };
    making.made({ ...copy, ...facts });
    return { ...copy, changed: true };
  } catch (error) {
    removeStartingWith(part);
    throw error;
  }
}
