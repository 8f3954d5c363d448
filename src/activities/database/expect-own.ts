import { basename, dirname, join } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import { permanent } from '../../os/failure.ts';
import { at } from '../../os/files/held/places.ts';
import type { StoredDatabase } from '../artefact/manifest.ts';
import type { Staged } from './driver.ts';
import { connectionOf } from './postgres/server/connection.ts';
import { postgresNames } from './postgres/server/names.ts';
import { databaseNames } from './sqlite/file/database-files.ts';

/** Arguments come from a history: a backup is taken from where a backup of this id lies, whatever they say. Error: `BadArguments`. */
export function expectOwnBackup(
  { backups }: Pick<Target, 'backups'>,
  backup: StoredDatabase,
): StoredDatabase {
  const places = [backups.directory, backups.copy].flatMap((place) => place ?? []);
  const own = places.map((place) => join(place, backup.id));
  for (const file of [backup.file, ...(backup.others ?? [])])
    if (!own.includes(dirname(file)) || join(dirname(file), basename(file)) !== file)
      throw permanent('BadArguments', `"${file}" is no file of backup "${backup.id}"`);
  const inPlace = (file: string) => join(at(dirname(dirname(file))), backup.id, basename(file));
  const { others } = backup;
  return { ...backup, file: inPlace(backup.file), ...(others && { others: others.map(inPlace) }) };
}

/** The same of what was staged: its name is that which a run gives to it. Error: `BadArguments`. */
export function expectOwnStaged(
  { database, directory }: Pick<Target, 'database' | 'directory'>,
  staged: Staged,
): Staged {
  if (database.kind === 'postgres') {
    const [, stamp] = /_stage_(\d{8}_\d{6})$/.exec(staged.file) ?? [];
    const { database: live } = connectionOf({ database, directory });
    if (stamp === undefined || postgresNames(live, stamp).staged !== staged.file)
      throw permanent('BadArguments', `"${staged.file}" is no staged copy of "${live}"`);
    return staged;
  }
  const [, stamp] = /\.staged-(\d{8}_\d{6})$/.exec(staged.file) ?? [];
  if (stamp === undefined || databaseNames(database.file, stamp).staged !== staged.file)
    throw permanent('BadArguments', `"${staged.file}" is no staged copy of "${database.file}"`);
  return staged;
}
