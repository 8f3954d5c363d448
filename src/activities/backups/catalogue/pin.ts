import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { BackupId } from '../../../config/backup-id.ts';
import { permanent } from '../../../os/failure.ts';
import { syncDirectory, writeDurably } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { at } from '../../../os/files/held/places.ts';
import { backupPaths } from './backup-store.ts';
import { type Places, placesOf, unreadText, whyUnread } from './catalogue.ts';

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

/** Whoever pinned it meant it wherever it lies. */
export function readPin(places: Places, id: BackupId): Pin | undefined {
  for (const place of placesOf(places)) {
    const found = readPinFile(join(backupPaths(place, id).final, NAME));
    if (found) return found;
  }
  return undefined;
}

/** One that cannot be read still pins: somebody meant something by it. */
export function readPinFile(file: string): Pin | undefined {
  try {
    if (!isThere(file)) return undefined;
    return Pin.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { by: 'somebody', reason: `"${file}" cannot be read`, at: new Date(0).toISOString() };
  }
}

/** Pins every copy. Takes the place of an earlier pin. Error: `BackupNotFound`. */
export function pin(places: Places, id: BackupId, wish: Pin): void {
  const all = placesOf(places);
  const copies = all.map((place) => backupPaths(place, id).final).filter(isThere);
  if (copies.length === 0) {
    const unread = all.flatMap((place) => {
      const why = whyUnread(place);
      return why === undefined ? [] : [{ place, why }];
    });
    const message = `Cannot find backup "${id}" in "${all.join('" and "')}"`;
    throw permanent('BackupNotFound', [message, ...unreadText(unread)].join('. '));
  }
  for (const copy of copies) writePinFile(join(at(copy), NAME), wish);
}

export function writePinFile(file: string, wish: Pin): void {
  writeDurably(file, `${JSON.stringify(Pin.parse(wish), null, 2)}\n`);
}

export function unpin(places: Places, id: BackupId): { readonly changed: boolean } {
  const removed = placesOf(places).map((place) =>
    removePinFile(join(at(backupPaths(place, id).final), NAME)),
  );
  return { changed: removed.some(({ changed }) => changed) };
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
