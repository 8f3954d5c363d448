import { existsSync } from 'node:fs';
import {
  type CatalogueEntry,
  catalogueOf,
  placesOf,
  unreadText,
} from '../../activities/backups/catalogue/catalogue.ts';
import { findBackup } from '../../activities/backups/catalogue/find-backup.ts';
import { readOffsiteRecords } from '../../activities/backups/offsite/offsite-records.ts';
import { countText } from '../../config/text/count-text.ts';
import type { Target } from '../../config/schema/target.ts';
import { unprovenText } from '../../config/unproven.ts';
import { UsageError } from '../../config/usage-error.ts';
import { columns } from '../../report/columns.ts';
import { sizeText } from '../../config/text/size-text.ts';

/** The newest backups of a target, one line each, where each lies when there are several places, and which of these cannot be read. */
export function backupLines(target: Target, limit = 10): string[] {
  const { backups } = target;
  const { backups: all, unread } = catalogueOf(target);
  const places = placesOf(backups);
  const told = unreadText(unread).map((text) => `  ${text}`);
  const none = unread.length < places.length;
  if (all.length === 0)
    return [...(none ? [`  There are none in "${places.join('" and "')}"`] : []), ...told];
  const offsite = offsiteTexts(target);
  const rows = all
    .slice(0, limit)
    .map((entry) => [...cells(entry, places), ...(offsite?.get(entry.id) ?? [])]);
  const lines = columns(rows).map((line) => `  ${line}`);
  const older = all.length > limit ? [`  and ${all.length - limit} older`] : [];
  return [...lines, ...older, ...told];
}

/** Of each backup that was sent. Undefined: none is. */
function offsiteTexts({ backups, state }: Target): ReadonlyMap<string, string[]> | undefined {
  if (!backups.offsite) return undefined;
  return new Map(
    readOffsiteRecords({ state }).map(({ id, goneAt, lockedUntil }) => {
      const lock = lockedUntil === undefined ? '' : `, locked until ${lockedUntil.slice(0, 10)}`;
      return [id, [goneAt === undefined ? `off-site${lock}` : 'off-site no more']];
    }),
  );
}

/** Where its copies lie, and what is wrong with some: `on both`, `in "/a" (damaged copy)`. */
function whereText({ copies }: CatalogueEntry, places: readonly string[]): string {
  const [first] = copies;
  const alike = copies.every(({ state }) => state === first!.state);
  if (alike && copies.length === places.length) return 'in both places';
  return copies.map(({ place, state }) => `in "${place}"${alike ? '' : ` (${state})`}`).join(', ');
}

/**
 * Error: `UsageError` when the target has no such backup, or it cannot be used as it lies there. On another host than
 * the target's, the run itself finds out.
 */
export function expectBackup(reference: string, target: Target, runbook: string): void {
  if (!existsSync(target.directory)) return;
  try {
    findBackup(target, reference);
  } catch (error) {
    const message = (error as Error).message.replace(/: there (is|are) .*$/, '');
    throw new UsageError(
      [message, `Backups of ${target.name}:`, ...backupLines(target)].join('\n'),
      otherBackup(target, runbook),
    );
  }
}

/** What to try when a backup is missing or of no use. */
export function otherBackup(target: Target, runbook: string): string {
  const usable = catalogueOf(target).backups.some(({ state }) => state === 'verified');
  return usable
    ? `runbook start ${runbook} --target ${target.name} --backup latest`
    : `runbook start daily-backup --target ${target.name}`;
}

function cells(found: CatalogueEntry, places: readonly string[]): string[] {
  const { id, state, takenAt, rows, note, ...entry } = found;
  const where = places.length > 1 ? [whereText(found, places)] : [];
  if (state !== 'verified') return [id, state, [note, ...where].join('; ')];
  const full = entry.fullCheckAt
    ? `full check ${entry.fullCheckAt.slice(0, 10)}`
    : 'no full check yet';
  const { format = '' } = entry;
  const size = sizeText(entry.bytes);
  return [
    id,
    state,
    entry.class ?? '',
    takenAt ?? '',
    countText(rows ?? 'no', 'row'),
    size,
    format,
    full,
    ...(entry.unproven ? [unprovenText(entry.unproven)] : []),
    ...where,
  ];
}
