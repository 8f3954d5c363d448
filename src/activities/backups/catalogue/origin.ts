import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { BackupId } from '../../../config/backup-id.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { backupPaths } from './backup-store.ts';
import type { Stocked } from '../author/authors.ts';
import { catalogueOf } from './catalogue.ts';

/** The file that a backup was adopted from. It lies in the backup's own directory. */
const Origin = z.strictObject({ file: z.string() });
type Origin = z.infer<typeof Origin>;

const NAME = 'origin.json';

export function writeOrigin(backup: string, origin: Origin): void {
  writeDurably(join(backup, NAME), `${JSON.stringify(origin, null, 2)}\n`);
}

/** Which file has become which backup. */
export function readOrigins(target: Stocked): ReadonlyMap<string, BackupId> {
  return new Map(
    catalogueOf(target)
      .backups.filter(({ state }) => state === 'verified')
      .flatMap(({ id, copies }) => copies.map(({ place }) => ({ id, place })))
      .flatMap(({ id, place }) => {
        const file = originOf(backupPaths(place, id).final);
        return file === undefined ? [] : [[file, id] as const];
      }),
  );
}

function originOf(backup: string): string | undefined {
  try {
    return Origin.parse(JSON.parse(readFileSync(join(backup, NAME), 'utf8'))).file;
  } catch {
    return undefined; // most have none
  }
}
