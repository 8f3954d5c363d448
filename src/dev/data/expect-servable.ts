import { lstatSync, statSync } from 'node:fs';
import { UsageError } from '../../config/usage-error.ts';
import { asideOf, copiesOf, listCopies, typed } from './data-file.ts';
import { Damaged, inspectDatabase } from './inspect-database.ts';

/** What is known of the file from earlier starts. */
export interface DataPast {
  /** A server has kept runs in it. */
  readonly served: boolean;
  /** Somebody has said that it begins without runs. */
  readonly anew: boolean;
}

/**
 * Demands that a server may be started on the file: it is sound, or there is none and none is missed. So nothing starts without runs where
 * a damaged file lies, or on what a copy would bring back. Answers what people should hear. Error: `UsageError`. Nothing is changed.
 */
export function expectServable(file: string, { served, anew }: DataPast): string[] {
  const found = lstatSync(file, { throwIfNoEntry: false });
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
  if (!found) {
    if (log && log.size > 0)
      throw hurt(
        file,
        'it is gone, and its log "…-wal" is still there, which a start would destroy',
      );
    if (anew) return [];
    if (listCopies(file).length > 0) throw hurt(file, 'it is gone, and there are copies of it');
    if (asideOf(file).length > 0) throw hurt(file, 'it was put aside, and nothing in its place');
    return served ? [lost(file)] : [`No runs are known yet: "${file}" is new`];
  }
  expectSound(file);
  return served && !anew && !log
    ? [
        `Warning: "${file}-wal" is gone: unless the file was put there by hand, what was written after its last checkpoint is lost. ` +
          'For each target: runbook repair -t <target>',
      ]
    : [];
}

/** Error: `UsageError`, which says what to type. */
export function expectSound(file: string): void {
  try {
    if (!statSync(file).isFile()) throw new Damaged('it is no file');
    inspectDatabase(file);
  } catch (error) {
    if (error instanceof Damaged) throw hurt(file, error.message);
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `Cannot read "${file}", where the server keeps its runs: ${message}${code ? ` (${code})` : ''}. It is left as it is`,
      'ls -la, df -h, dmesg there; then the same again',
    );
  }
}

function hurt(file: string, why: string): UsageError {
  const [newest] = listCopies(file);
  const empty = typed('restore --empty', file);
  return new UsageError(
    `Cannot serve the runs in "${file}": ${why}. All of it is left as it is`,
    newest
      ? `${typed('restore', file)}, which takes that of ${newest.stamp}; or, to begin without runs: ${empty}`
      : `there is no copy in "${copiesOf(file)}"; put one of yours in place: ${typed('restore <copy>', file)}; or, to begin without runs: ${empty}`,
  );
}

function lost(file: string): string {
  return (
    `Warning: "${file}" is gone, and there is no copy of it: it begins anew, without the runs and incidents that were open. ` +
    'What they left is put right by: runbook repair -t <target>'
  );
}
