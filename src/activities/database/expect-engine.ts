import { databaseText } from '../../config/load/database-text.ts';
import type { SqliteDatabase } from '../../config/schema/database.ts';
import { isSqlite, type Target } from '../../config/schema/target.ts';
import { permanent } from '../../os/failure.ts';
import { type DatabaseFacts, isPostgresFacts } from '../artefact/manifest.ts';

/** Demands that a backup is one of the target's engine. Error: `NotApplicable`. */
export function expectEngine(
  { database }: Pick<Target, 'database'>,
  id: string,
  facts: DatabaseFacts,
): void {
  const kind = isPostgresFacts(facts) ? 'postgres' : 'sqlite';
  if (kind !== database.kind)
    throw permanent(
      'NotApplicable',
      `Backup "${id}" is of a database of kind "${kind}", and the target's is of kind "${database.kind}": choose another backup`,
    );
}

/** For what only a file can be asked. `what`: the begin of a sentence. Error: `NotApplicable`. */
export function expectSqlite<Of extends Pick<Target, 'database'>>(
  target: Of,
  what: string,
): Of & { readonly database: SqliteDatabase } {
  if (isSqlite(target)) return target;
  throw permanent(
    'NotApplicable',
    `${what} needs a database that is a file: ${databaseText(target.database)} is none`,
  );
}
