import Database from 'better-sqlite3';
import { countText } from '../../../../config/text/count-text.ts';
import type { Unproven } from '../../../../config/unproven.ts';
import type { Check } from '../../../artefact/manifest.ts';
import { type Content, countOf, schemaHashOf, shapeOf, tablesOf } from '../file/content.ts';
import { asItIs, type Prepare } from '../extensions/prepare.ts';
import { isDamage, isUnable } from '../file/errors.ts';
import { type Integrity, judgeIntegrity } from '../file/integrity.ts';

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
  /** What could not be judged here. */
  readonly unproven?: readonly Unproven[];
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
export function inspect(
  { file, bytes, keyTable, countedToo, full }: Inspect,
  prepare: Prepare = asItIs,
): Inspection {
  const timings: Check[] = [];
  let title = 'open';
  let db: Database.Database | undefined;
  let tables: Content['tables'] | undefined;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true });
    prepare(db);
    // Nobody else has the file: it cannot shrink under us. Halves the time of integrity_check.
    db.pragma(`mmap_size = ${bytes}`);
    const kind = full ? 'integrity_check' : 'quick_check';
    const { verdict, finding, checks, unproven } = check(kind, judge);
    if (verdict === 'damaged')
      return { timings: [], trouble: { title, kind: 'finding', text: finding } };
    const { pages, pageSize } = shapeOf(db);
    if (bytes < pages * pageSize)
      return { timings: [], trouble: { title, kind: 'finding', text: cutOff(bytes, pageSize) } };
    // What it could not run is not among what it passed.
    const [took] = timings.splice(0);
    timings.push(...checks.map((name) => ({ ...took!, name })));
    const rows = check('row counts', (open) => {
      tables = tablesOf(open, countedToo);
      return countOf(open, keyTable);
    });
    const schemaHash = check('schema', schemaHashOf);
    return {
      rows,
      tables: tables!,
      schemaHash,
      ...shapeOf(db),
      ...(unproven.length > 0 && { unproven }),
      timings,
    };
  } catch (error) {
    const { message: text, code } = error as Error & { readonly code?: string };
    const trouble = { title, kind: kindOf(error), text, ...(code !== undefined && { code }) };
    return { ...(tables && { tables }), timings, trouble };
  } finally {
    db?.close();
  }

  function judge(open: Database.Database): Integrity {
    return judgeIntegrity(open, full ? 'integrity_check' : 'quick_check', prepare !== asItIs);
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

/** SQLite takes what is missing of the last page for zeros, and every check of it may pass. */
function cutOff(bytes: number, pageSize: number): string {
  return `its last page has ${countText(bytes % pageSize, 'byte')} of ${pageSize}`;
}

/** Missing is a table that is not there, or a schema that cannot be read. */
function kindOf(error: unknown): Trouble['kind'] {
  if (isDamage(error)) return 'damage';
  return isUnable(error) ? 'missing' : 'other';
}
