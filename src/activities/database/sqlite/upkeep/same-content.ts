import Database from 'better-sqlite3';
import { permanent } from '../../../../os/failure.ts';
import { schemaHashOf } from '../file/content.ts';
import { judgeIntegrity } from '../file/integrity.ts';

/** What VACUUM must not change, besides the rows. */
const SETTINGS = [
  'user_version',
  'application_id',
  'encoding',
  'page_size',
  'auto_vacuum',
] as const;

/**
 * Demands that a compact copy is sound and holds what its original holds: settings, schema, the rows of every table
 * and their rowids, by which an application may know them. Error: `CopyDiffers`.
 */
export function expectSameContent(original: Database.Database, copyFile: string): void {
  const copy = new Database(copyFile, { readonly: true, fileMustExist: true });
  try {
    const { finding, verdict } = judgeIntegrity(copy, 'quick_check');
    if (verdict === 'damaged') expectEqual('quick_check', finding, 'ok');
    for (const name of SETTINGS) expectEqual(name, setting(copy, name), setting(original, name));
    expectEqual('schema', schemaHashOf(copy), schemaHashOf(original));
    for (const table of tablesOf(original))
      expectEqual(
        `rows of "${table.name}"`,
        fingerprintOf(copy, table),
        fingerprintOf(original, table),
      );
  } finally {
    copy.close();
  }

  function expectEqual(what: string, got: unknown, expected: unknown): void {
    if (got !== expected)
      throw permanent(
        'CopyDiffers',
        `"${copyFile}" is no true copy: ${what} ${String(got)}, expected ${String(expected)}`,
      );
  }
}

interface Table {
  readonly name: string;
  /** 1: WITHOUT ROWID. */
  readonly wr: number;
}

/** All that have pages of their own: the shadow tables of a virtual table, too. */
function tablesOf(db: Database.Database): Table[] {
  return db
    .prepare(
      `select list.name, list.wr from pragma_table_list list join sqlite_schema using (name)
       where list.schema = 'main' and rootpage > 0 and sqlite_schema.type = 'table' order by 1`,
    )
    .all() as Table[];
}

/** Small numbers, so that no sum overflows. */
const MODULUS = 1_000_003;

function fingerprintOf(db: Database.Database, { name, wr }: Table): string {
  const rowids = wr ? '' : `, min(_rowid_), max(_rowid_), sum(_rowid_ % ${MODULUS})`;
  const row = db.prepare(`select count(*)${rowids} from "${name.replaceAll('"', '""')}"`);
  return (row.raw().get() as unknown[]).join(' ');
}

function setting(db: Database.Database, name: string): unknown {
  return db.pragma(name, { simple: true });
}
