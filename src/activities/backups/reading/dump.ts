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
import { countText } from '../../../config/text/count-text.ts';
import type { SqliteExtension } from '../../../config/schema/database.ts';
import { permanent } from '../../../os/failure.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { dumpOf } from '../../database/sqlite/dump/dump.ts';
import { load, loadingOf } from '../../database/sqlite/dump/load.ts';
import { rowsHashOf } from '../../database/sqlite/dump/rows.ts';
import { loadingCommandsFor, schemaParts } from '../../database/sqlite/dump/schema-needs.ts';
import { countOf, schemaHashOf, tablesOf } from '../../database/sqlite/file/content.ts';
import { whyNotCopied } from '../../database/sqlite/upkeep/copying.ts';

export interface Dump {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Of the key table. */
  readonly rows: number;
  readonly tables: number;
  /** Names of the checks that it passed. */
  readonly checks: readonly string[];
  /** What has loaded it: `sqlite3 3.40.1`. */
  readonly loadedBy: string;
  /** Commands that a sqlite3 program from 3.41 on needs before it loads it. */
  readonly needs: readonly string[];
}

export interface DumpOptions {
  /** What loads the functions that its schema needs: the sqlite3 program does, too. */
  readonly extensions?: readonly SqliteExtension[];
  /** The sqlite3 program that proves it, where there is one. */
  readonly program?: string;
}

const CHUNK = 2 ** 20;

/**
 * Writes a snapshot as SQL text to `output`, which must not be there yet: under that name only when a database was made of the file
 * that has the same schema, row counts and values. `scratch` is a directory for that database. Errors: `InvalidInput`,
 * `DumpDamaged`, and `CannotCheck` where it needs something of its application.
 */
export function dumpSnapshot(
  keyTable: string,
  snapshot: string,
  output: string,
  scratch: string,
  { program, extensions = [] }: DumpOptions = {},
): Dump {
  if (existsSync(output)) throw alreadyThere(output);
  expectSpaceFor(statSync(snapshot).size, dirname(output));
  expectSpaceFor(statSync(snapshot).size, scratch);
  const part = `${output}.part-${randomUUID()}`;
  try {
    const needs = loadingCommandsFor(snapshot);
    const { bytes, sha256 } = attempt(snapshot, () => write(dumpOf(snapshot), part));
    const copy = join(scratch, 'reloaded.db');
    const commands = [...needs, ...loadingOf(extensions)];
    const how = { commands, ...(program !== undefined && { program }) };
    const { by } = attempt(snapshot, () => load(part, copy, how));
    if (!existsSync(copy)) throw unlike('nothing was loaded');
    const was = contentOf(snapshot, keyTable);
    const is = contentOf(copy, keyTable);
    const isExact = is.schema === was.schema || expectSameMeaning(snapshot, copy);
    for (const table of Object.keys({ ...was.tables, ...is.tables }))
      if (is.tables[table] !== was.tables[table])
        throw unlike(
          `"${table}" has ${countText(is.tables[table] ?? 'no', 'row')}, expected ${was.tables[table]}`,
        );
    for (const table of Object.keys(was.hashes))
      if (is.hashes[table] !== was.hashes[table])
        throw unlike(`some values of "${table}" are others`);
    keepAs(part, output);
    const schema = isExact ? 'schema' : 'schema but for comments and line ends';
    const checks = ['reload', schema, 'row counts', 'content'];
    const facts = { bytes, sha256, rows: was.rows, tables: was.count };
    return { file: output, ...facts, checks, loadedBy: by, needs };
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

/** The sqlite3 program drops comments and line ends of some statements. Answers whether it has dropped none. */
function expectSameMeaning(snapshot: string, copy: string): boolean {
  const was = schemaParts(snapshot);
  const is = schemaParts(copy);
  const names = [...new Set([...was.keys(), ...is.keys()])];
  const other = names.find((name) => is.get(name)?.meaning !== was.get(name)?.meaning);
  if (other !== undefined) throw unlike(`its schema is another: ${other}`);
  return names.every((name) => is.get(name)?.text === was.get(name)?.text);
}

function attempt<Result>(snapshot: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const { message: said } = error as Error;
    // Of a table that is an index itself, SQLite does not tell the reason.
    const message = said === 'no query solution' ? (whyNotCopied(snapshot) ?? said) : said;
    // Nothing is wrong with the dump: whoever loads it needs what the application brings along.
    const needed =
      /(no such function|unknown function|no such collation sequence|no such module|no such tokenizer): ?[^\n]*/.exec(
        message,
      );
    if (needed)
      throw permanent(
        'CannotCheck',
        `The dump cannot be proven, because its schema needs something of its application, which "database.extensions" would load: ${message}`,
      );
    throw unlike(`it cannot be loaded: ${message}`);
  }
}

function alreadyThere(output: string): Error {
  return permanent('InvalidInput', `Cannot write "${output}": it is already there`);
}

function unlike(finding: string): Error {
  return permanent('DumpDamaged', `The dump is not the database: ${finding}`);
}
