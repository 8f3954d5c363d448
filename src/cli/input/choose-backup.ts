import { existsSync } from 'node:fs';
import { type BackupEntry, listBackups } from '../../activities/backups/catalogue/backup-store.ts';
import { findOnAnyDisk } from '../../activities/backups/catalogue/find-backup.ts';
import type { Target } from '../../config/schema/target.ts';
import { UsageError } from '../../config/usage-error.ts';
import { columns } from '../../report/columns.ts';
import { sizeText } from '../output/size-text.ts';

/** The newest backups of a target, one line each. */
export function backupLines({ backups }: Target, limit = 10): string[] {
  const all = listBackups(backups.directory);
  if (all.length === 0) return [`  There are none in "${backups.directory}"`];
  const lines = columns(all.slice(0, limit).map(cells)).map((line) => `  ${line}`);
  return all.length > limit ? [...lines, `  and ${all.length - limit} older`] : lines;
}

/**
 * Error: `UsageError` when the target has no such backup, or it cannot be used as it lies there. On another host than
 * the target's, the run itself finds out.
 */
export function expectBackup(reference: string, target: Target, runbook: string): void {
  if (!existsSync(target.directory)) return;
  try {
    findOnAnyDisk(target.backups, reference);
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
  const usable = listBackups(target.backups.directory).some(({ state }) => state === 'verified');
  return usable
    ? `runbook start ${runbook} --target ${target.name} --backup latest`
    : `runbook start daily-backup --target ${target.name}`;
}

function cells({ id, state, takenAt, rows, note, ...entry }: BackupEntry): string[] {
  if (state !== 'verified') return [id, state, note];
  const full = entry.fullCheckAt
    ? `full check ${entry.fullCheckAt.slice(0, 10)}`
    : 'no full check yet';
  const { format = '' } = entry;
  const size = sizeText(entry.bytes);
  return [id, state, entry.class ?? '', takenAt ?? '', `${rows} rows`, size, format, full];
}
