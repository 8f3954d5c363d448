import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Manifest } from '../../../src/activities/artefact/manifest.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { BACKED_UP, FILES, furnish, furniture, MERGED } from '../../support/furnished.ts';
import { takeBackup } from '../../support/take-backup.ts';
import { writeUnsigned } from '../../activities/backups/support/write-manifest.ts';

const OLD = {
  '.env': 'API_TOKEN=now\nDATABASE_URL=postgres://shop:now@db/shop\n',
  'app.conf': 'x',
};
const NEW = {
  '.env': MERGED.replace('NEW_KEY=new\n', '').replace(/"(postgres.*)"/, '$1'),
  'app.conf': BACKED_UP['app.conf'],
};

/** Gives the backup the configuration that it would have had, and changes the live one. */
export async function divergeConfiguration(world: SqliteTarget, backup: string): Promise<void> {
  world.backups.daily = { ...world.backups.daily, files: FILES };
  furnish(world);
  const withFiles = await takeBackup(world, { ago: 0.5, files: true });
  const [from, to] = [withFiles, backup].map((id) => join(world.backups.directory, id));
  const read = (directory: string) =>
    Manifest.parse(JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')));
  const { archives } = read(from!);
  for (const { stored } of archives) copyFileSync(join(from!, stored.file), join(to!, stored.file));
  writeUnsigned(join(to!, 'manifest.json'), { ...read(to!), archives });
  rmSync(from!, { recursive: true });
  furnish(world, OLD);
}

/** Whether the configuration is that of the backup, with the live secrets. As text when it is a mix. */
export function configurationFaults(world: SqliteTarget): boolean | string {
  const found = JSON.stringify(furniture(world, FILES));
  if (found === JSON.stringify(NEW)) return true;
  return found === JSON.stringify(OLD) ? false : `its configuration is ${found}`;
}
