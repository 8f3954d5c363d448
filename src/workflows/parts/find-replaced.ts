import type { Backup } from '../../activities/backups/catalogue/backup-store.ts';
import type { FoundKept } from '../../activities/files/restore/kept-files.ts';
import type { StepSystems } from '../../activities/index.ts';
import { countText } from '../../config/text/count-text.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { type Attempted, attempted } from './attempted.ts';

/** What a run has replaced, as far as it can come back. */
export interface FoundReplaced {
  readonly run: string;
  /** Names what it kept. */
  readonly point: Stamp;
  /** Of the database from before. */
  readonly backup?: Backup;
  readonly files: FoundKept;
  /** Whether dependencies come back. */
  readonly dependencies: boolean;
  /** What cannot come back, and why: sentences. */
  readonly gone: readonly string[];
  readonly note: string;
}

type Systems = Pick<StepSystems, 'backups' | 'dependencies' | 'files' | 'records'>;

/** Changes nothing. Error: `NoRollbackPoint`. */
export async function findReplaced(
  { records, backups, files, dependencies }: Systems,
  reference: string,
): Promise<FoundReplaced> {
  const { run, point, replaced, noDatabase } = await records.findRollback(reference);
  // Of a run that nobody knows any more, what is there was replaced.
  const did = (what: 'database' | 'files' | 'dependencies') => replaced?.includes(what);

  const database = await attempted(backups.find(point));
  // Any other backup is restored as one: to go back to it would be something else.
  const isPoint = database.result?.class === 'pre-recovery';
  const databaseGone = did('database') && !isPoint ? (noDatabase ?? whyNone(database)) : undefined;
  const kept = await files.findKept(point);
  const filesGone = did('files') ? kept.gone : undefined;
  const list = await dependencies.findBefore(point);
  const listGone = did('dependencies') ? list.gone : undefined;

  const backup = did('database') === false || !isPoint ? undefined : database.result;
  const withFiles = did('files') === false ? { ...kept, files: 0, notes: [] } : kept;
  const withDependencies = did('dependencies') !== false && list.gone === undefined;
  const gone = [
    ...(databaseGone === undefined
      ? []
      : [`The database from before cannot come back: ${databaseGone}`]),
    ...(filesGone === undefined ? [] : [`The files from before cannot come back: ${filesGone}`]),
    ...(listGone === undefined
      ? []
      : [`The dependencies from before cannot come back: ${listGone}`]),
  ];
  const note = [
    backup === undefined
      ? 'no database'
      : `its database as backup ${backup.id}, ${countText(backup.rows, 'row')}`,
    `${countText(withFiles.files, 'file')}${withFiles.files > 0 ? ` (${withFiles.names.join(', ')})` : ''}`,
    withDependencies ? 'its dependencies' : 'no dependencies',
  ].join(', ');
  return {
    run,
    point,
    ...(backup && { backup }),
    files: withFiles,
    dependencies: withDependencies,
    gone,
    note: [`${run} has replaced: ${note}`, ...gone, ...withFiles.notes].join('. '),
  };
}

function whyNone({ result, reason }: Attempted<Backup>): string {
  return result
    ? `backup "${result.id}" is of class "${result.class}", and was not made of it`
    : reason.message;
}
