import Database from 'better-sqlite3';
import type { Check } from '../../../artefact/manifest.ts';
import {
  type Content,
  countOf,
  integrityCheck,
  quickCheck,
  schemaHashOf,
  shapeOf,
  tablesOf,
} from '../file/content.ts';
import { isDamage } from '../file/errors.ts';

export interface Inspect {
  readonly file: string;
  readonly bytes: number;
  /** The table that the application needs. */
  readonly keyTable: string;
  /** The one that it needed when the copy was taken. */
  readonly countedToo: string;
  /** integrity_check in the place of quick_check. */
  readonly full: boolean;
}

/** What SQLite says of a file. Plain data, because it may come from another thread. */
export interface Inspection extends Partial<Content> {
  /** Rows of the key table. */
  readonly rows?: number;
  /** Those that came to an end. */
  readonly timings: readonly Check[];
  /** What ended it before its end. */
  readonly trouble?: Trouble;
}

export interface Trouble {
  /** The check. */
  readonly title: string;
  /** `finding`: an answer of the check itself. `damage`, `missing`: SQLite could not even check. */
  readonly kind: 'finding' | 'damage' | 'missing' | 'other';
  readonly text: string;
  /** SQLite's own. */
  readonly code?: string;
}

/** Inspects a single file that nobody has open, in mode `delete`. */
export function inspect({ file, bytes, keyTable, countedToo, full }: Inspect): Inspection {
  const timings: Check[] = [];
  let title = 'open';
  let db: Database.Database | undefined;
  let tables: Content['tables'] | undefined;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true });
    // Nobody else has the file: it cannot shrink under us. Halves the time of integrity_check.
    db.pragma(`mmap_size = ${bytes}`);
    const finding = check(
      full ? 'integrity_check' : 'quick_check',
      full ? integrityCheck : quickCheck,
    );
    if (finding !== 'ok')
      return { timings: [], trouble: { title, kind: 'finding', text: finding } };
    const rows = check('row counts', (open) => {
      tables = tablesOf(open, countedToo);
      return countOf(open, keyTable);
    });
    const schemaHash = check('schema', schemaHashOf);
    return { rows, tables: tables!, schemaHash, ...shapeOf(db), timings };
  } catch (error) {
    const { message: text, code } = error as Error & { readonly code?: string };
    const trouble = { title, kind: kindOf(error), text, ...(code !== undefined && { code }) };
    return { ...(tables && { tables }), timings, trouble };
  } finally {
    db?.close();
  }

  function check<Result>(name: string, read: (open: Database.Database) => Result): Result {
    title = name;
    const begun = performance.now();
    const result = read(db!);
    const milliseconds = Math.round(performance.now() - begun);
    timings.push({ name, milliseconds, at: new Date().toISOString() });
    return result;
  }
}

/** Missing is a table that is not there, or a schema that cannot be read. */
function kindOf(error: unknown): Trouble['kind'] {
  if (isDamage(error)) return 'damage';
  const isMissing = error instanceof Database.SqliteError && error.code === 'SQLITE_ERROR';
  return isMissing ? 'missing' : 'other';
}
