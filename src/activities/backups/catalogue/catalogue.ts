import { readdirSync } from 'node:fs';
import type { BackupId } from '../../../config/backup-id.ts';
import { countText } from '../../../config/text/count-text.ts';
import type { Target } from '../../../config/schema/target.ts';
import { authorsOf, type Stocked } from '../author/authors.ts';
import { at } from '../../../os/files/held/places.ts';
import { identityOf } from '../../../os/identity-of.ts';
import {
  type BackupEntry,
  backupPaths,
  listBackups,
  readManifest,
  timeOf,
} from './backup-store.ts';

/** Where backups of a target lie: its own directory, and the second disk. */
export type Places = Pick<Target['backups'], 'directory' | 'copy'>;

/** One copy of a backup. */
export interface PlacedEntry extends BackupEntry {
  /** The directory that it lies in. */
  readonly place: string;
}

/** A backup, wherever it lies: what is said of it is said of its best copy. */
export interface CatalogueEntry extends Omit<PlacedEntry, 'state'> {
  /** `disputed`: its copies are whole, and not of the same backup. */
  readonly state: BackupEntry['state'] | 'disputed';
  /** The best first, otherwise in the order of the places. */
  readonly copies: readonly PlacedEntry[];
}

/** A place of which nobody knows what lies there. */
export interface UnreadPlace {
  readonly place: string;
  readonly why: string;
}

export interface Catalogue {
  /** The newest first. */
  readonly backups: readonly CatalogueEntry[];
  readonly unread: readonly UnreadPlace[];
}

/** Two names of one directory, such as a link to it, are one place: to prune it by both would take away twice. */
export function placesOf({ directory, copy }: Places): string[] {
  if (copy === undefined || copy === directory) return [directory];
  return isSamePlace(directory, copy) ? [directory] : [directory, copy];
}

/** Whether two names that are there mean one directory, through links and mounts. */
export function isSamePlace(one: string, other: string): boolean {
  const identity = identityOf(one);
  return identity !== undefined && identity === identityOf(other);
}

/** Every backup of every place, once. Makes no place: a disk that is not mounted is told, and never looks empty. */
export function catalogueOf(target: Stocked): Catalogue {
  const authors = authorsOf(target);
  const unread: UnreadPlace[] = [];
  const copies = placesOf(target.backups).flatMap((place): PlacedEntry[] => {
    const why = whyUnread(place);
    if (why !== undefined) unread.push({ place, why });
    return why === undefined
      ? listBackups(place, authors).map((entry) => ({ ...entry, place }))
      : [];
  });
  const byId = new Map<BackupId, PlacedEntry[]>();
  for (const copy of copies) byId.set(copy.id, [...(byId.get(copy.id) ?? []), copy]);
  const backups = [...byId.values()]
    .map(merged)
    .toSorted((a, b) => timeOf(b) - timeOf(a) || b.id.localeCompare(a.id));
  return { backups, unread };
}

/** A sentence for each place of which nobody knows what lies there. */
export function unreadText(unread: readonly UnreadPlace[]): string[] {
  return unread.map(({ place, why }) => `Backups in "${place}" cannot be read: ${why}`);
}

/** Why nothing can be said of what lies there. Undefined: it can. */
export function whyUnread(place: string): string | undefined {
  try {
    readdirSync(at(place));
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'it is not there; is its disk mounted?';
    return code === 'ENOTDIR' ? 'it is no directory' : message;
  }
}

function merged(all: readonly PlacedEntry[]): CatalogueEntry {
  const copies = all.toSorted((a, b) => rankOf(a) - rankOf(b));
  const [best] = copies as [PlacedEntry];
  const whole = copies.filter(({ state }) => state === 'verified');
  if (new Set(whole.map(contentOf)).size < 2) return { ...best, copies };
  return { ...best, state: 'disputed', note: disputeText(best.id, whole), copies };
}

const RANKS: readonly BackupEntry['state'][] = [
  'verified',
  'untrusted',
  'damaged copy',
  'unreadable',
  'damaged manifest',
  'incomplete',
];

function rankOf({ state }: PlacedEntry): number {
  return RANKS.indexOf(state);
}

/** Equal of two copies of one backup, and of nothing else. */
function contentOf({ place, id }: PlacedEntry): string {
  const { manifest } = backupPaths(place, id);
  const { target, run, takenAt, database, archives } = readManifest(id, manifest);
  const contents = archives.map(({ name, stored, ...one }) => [
    name,
    'sha256' in one ? one.sha256 : stored.sha256,
  ]);
  return JSON.stringify([target, run, takenAt, database.sha256, contents]);
}

function disputeText(id: BackupId, copies: readonly PlacedEntry[]): string {
  const those = copies.map(
    ({ place, takenAt, rows }) =>
      `in "${place}" it is of ${takenAt} with ${countText(rows ?? 'no', 'row')}`,
  );
  return `It is not the same everywhere: ${those.join(', ')}. "runbook backups verify ${id}" proves each: move away the one that is not meant`;
}
