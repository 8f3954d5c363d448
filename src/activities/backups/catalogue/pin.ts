import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { BackupId } from '../../../config/backup-id.ts';
import { permanent } from '../../../os/failure.ts';
import { syncDirectory, writeDurably } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { backupPaths } from './backup-store.ts';

/** Somebody wants a backup kept, however old. It lies in the backup's own directory, and goes where that goes. */
export const Pin = z.strictObject({
  by: z.string(),
  reason: z.string(),
  at: z.iso.datetime(),
  /** From then on it is a backup like others. Missing: until it is unpinned. */
  until: z.iso.datetime().optional(),
  /** The incident that needs it as evidence. */
  incident: z.string().optional(),
});
export type Pin = z.infer<typeof Pin>;

const NAME = 'pin.json';

export function readPin(directory: string, id: BackupId): Pin | undefined {
  return readPinFile(join(backupPaths(directory, id).final, NAME));
}

/** One that cannot be read still pins: somebody meant something by it. */
export function readPinFile(file: string): Pin | undefined {
  if (!isThere(file)) return undefined;
  try {
    return Pin.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { by: 'somebody', reason: `"${file}" cannot be read`, at: new Date(0).toISOString() };
  }
}

/** Takes the place of an earlier pin. Error: `BackupNotFound`. */
export function pin(directory: string, id: BackupId, wish: Pin): void {
  const { final } = backupPaths(directory, id);
  if (!isThere(final))
    throw permanent('BackupNotFound', `Cannot find backup "${id}" in "${directory}"`);
  writePinFile(join(final, NAME), wish);
}

export function writePinFile(file: string, wish: Pin): void {
  writeDurably(file, `${JSON.stringify(Pin.parse(wish), null, 2)}\n`);
}

export function unpin(directory: string, id: BackupId): { readonly changed: boolean } {
  return removePinFile(join(backupPaths(directory, id).final, NAME));
}

export function removePinFile(file: string): { readonly changed: boolean } {
  if (!isThere(file)) return { changed: false };
  rmSync(file);
  syncDirectory(dirname(file));
  return { changed: true };
}

export function isOver({ until }: Pin, now: string): boolean {
  return until !== undefined && Date.parse(until) <= Date.parse(now);
}

/** Why it stays, for people. */
export function pinText({ by, reason, until, incident }: Pin): string {
  const end = until === undefined ? '' : `, until ${until}`;
  return incident === undefined
    ? `pinned by ${by} because ${reason}${end}`
    : `held by incident ${incident}${end}`;
}
