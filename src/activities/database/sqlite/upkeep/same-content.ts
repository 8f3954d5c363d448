import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { permanent } from '../../../../os/failure.ts';
import { judgeIntegrity } from '../file/integrity.ts';
import type { Exclusive } from './copying.ts';
import { identifier } from '../file/identifier.ts';

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
export function expectSameContent(original: Reader, copyFile: string): void {
  const copyDb = new Database(copyFile, { readonly: true, fileMustExist: true });
  const copy = { rows: (sql: string) => copyDb.prepare(sql).all() as Record<string, unknown>[] };
  try {
    const { finding, verdict } = judgeIntegrity(copyDb, 'quick_check');
    if (verdict === 'damaged') expectEqual('quick_check', finding, 'ok');
    for (const name of SETTINGS) expectEqual(name, setting(copy, name), setting(original, name));
    expectEqual('schema', schemaOf(copy), schemaOf(original));
    for (const table of tablesOf(original))
      expectEqual(
        `rows of "${table.name}"`,
        fingerprintOf(copy, table),
        fingerprintOf(original, table),
      );
  } finally {
    copyDb.close();
  }

  function expectEqual(what: string, got: unknown, expected: unknown): void {
    if (got !== expected)
      throw permanent(
        'CopyDiffers',
        `"${copyFile}" is no true copy: ${what} ${String(got)}, expected ${String(expected)}`,
      );
  }
}

type Reader = Pick<Exclusive, 'rows'>;

interface Table {
  readonly name: string;
  /** 1: WITHOUT ROWID. */
  readonly wr: number;
}

/** All that have pages of their own: the shadow tables of a virtual table, too. */
function tablesOf(db: Reader): Table[] {
  return db.rows(
    `select list.name, list.wr from pragma_table_list list join sqlite_schema using (name)
     where list.schema = 'main' and rootpage > 0 and sqlite_schema.type = 'table' order by 1`,
  ) as unknown as Table[];
}

/** As a hash, so that a message stays short. */
function schemaOf(db: Reader): string {
  const rows = db.rows('select type, name, tbl_name, sql from sqlite_schema order by type, name');
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}

/** Small numbers, so that no sum overflows. */
const MODULUS = 1_000_003;

function fingerprintOf(db: Reader, { name, wr }: Table): string {
  const rowids = wr ? '' : `, min(_rowid_), max(_rowid_), sum(_rowid_ % ${MODULUS})`;
  const [row] = db.rows(`select count(*)${rowids} from ${identifier(name)}`);
  return Object.values(row!).join(' ');
}

function setting(db: Reader, name: string): unknown {
  return Object.values(db.rows(`pragma ${name}`)[0]!)[0];
}
