import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { permanent } from '../../../os/failure.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { dumpOf } from '../../database/sqlite/dump/dump.ts';
import { reload } from '../../database/sqlite/dump/reload.ts';
import { rowsHashOf } from '../../database/sqlite/dump/rows.ts';
import { countOf, schemaHashOf, tablesOf } from '../../database/sqlite/file/content.ts';

export interface Dump {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Of the key table. */
  readonly rows: number;
  readonly tables: number;
  /** Names of the checks that it passed. */
  readonly checks: readonly string[];
}

const CHUNK = 2 ** 20;

/**
 * Writes a snapshot as SQL text to `output`, which must not be there yet: under that name only when a database was made of it
 * that has the same schema, row counts and values. `scratch` is a directory for that database.
 */
export function dumpSnapshot(
  keyTable: string,
  snapshot: string,
  output: string,
  scratch: string,
): Dump {
  if (existsSync(output)) throw alreadyThere(output);
  expectSpaceFor(statSync(snapshot).size, dirname(output));
  expectSpaceFor(statSync(snapshot).size, scratch);
  const part = `${output}.part-${randomUUID()}`;
  try {
    const { bytes, sha256 } = write(dumpOf(snapshot), part);
    const copy = join(scratch, 'reloaded.db');
    attempt('it cannot be loaded', () => reload(part, copy));
    const was = contentOf(snapshot, keyTable);
    const is = contentOf(copy, keyTable);
    if (is.schema !== was.schema) throw unlike('its schema is another');
    for (const table of Object.keys({ ...was.tables, ...is.tables }))
      if (is.tables[table] !== was.tables[table])
        throw unlike(`"${table}" has ${is.tables[table]} rows, expected ${was.tables[table]}`);
    for (const table of Object.keys(was.hashes))
      if (is.hashes[table] !== was.hashes[table])
        throw unlike(`some values of "${table}" are others`);
    keepAs(part, output);
    const checks = ['reload', 'schema', 'row counts', 'content'];
    return { file: output, bytes, sha256, rows: was.rows, tables: was.count, checks };
  } finally {
    rmSync(part, { force: true });
  }
}

function write(pieces: Iterable<string>, file: string): { bytes: number; sha256: string } {
  const hash = createHash('sha256');
  const fd = openSync(file, 'wx', 0o600);
  let bytes = 0;
  try {
    for (const chunk of chunksOf(pieces)) {
      for (let at = 0; at < chunk.length;) at += writeSync(fd, chunk, at);
      hash.update(chunk);
      bytes += chunk.length;
    }
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return { bytes, sha256: hash.digest('hex') };
}

function* chunksOf(pieces: Iterable<string>): Generator<Buffer> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < CHUNK) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

function contentOf(file: string, keyTable: string) {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const tables = tablesOf(db, keyTable);
    return {
      schema: schemaHashOf(db),
      tables,
      rows: countOf(db, keyTable),
      count: Object.keys(tables).length,
      hashes: Object.fromEntries(
        Object.keys(tables).map((table) => [table, rowsHashOf(db, table)]),
      ),
    };
  } finally {
    db.close();
  }
}

/** A link fails where a rename would take somebody's file away. */
function keepAs(part: string, output: string): void {
  try {
    linkSync(part, output);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw alreadyThere(output);
    throw error;
  }
  syncDirectory(dirname(output));
}

function attempt<Result>(finding: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw unlike(`${finding}: ${(error as Error).message}`);
  }
}

function alreadyThere(output: string): Error {
  return permanent('InvalidInput', `Cannot write "${output}": it is already there`);
}

function unlike(finding: string): Error {
  return permanent('DumpDamaged', `The dump is not the database: ${finding}`);
}
