import { listBackups } from '../activities/support/backups/backup-store.ts';
import type { Target } from '../config/target.ts';
import { UsageError } from '../config/usage-error.ts';

/** The newest backups of a target, one line each. */
export function backupLines({ backups }: Target, limit = 10): string[] {
  const all = listBackups(backups.directory);
  if (all.length === 0) return [`  There are none in "${backups.directory}"`];
  const lines = all
    .slice(0, limit)
    .map(
      ({ id, state, ...facts }) => `  ${id}  ${state}  ${'takenAt' in facts ? facts.takenAt : ''}`,
    );
  return all.length > limit ? [...lines, `  and ${all.length - limit} older`] : lines;
}

/** Error: `UsageError` when `id` is none of the target's. A reference by time is found out by the run itself. */
export function expectBackup(id: string, target: Target): void {
  if (id === 'latest' || id.startsWith('before ')) return;
  if (listBackups(target.backups.directory).some((backup) => backup.id === id)) return;
  throw new UsageError(
    [
      `Cannot find backup "${id}" in "${target.backups.directory}"`,
      `Backups of ${target.name}:`,
      ...backupLines(target),
    ].join('\n'),
    `runbook backups list --target ${target.name}`,
  );
}
