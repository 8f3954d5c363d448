import { closeSync, openSync, readSync } from 'node:fs';
import Database from 'better-sqlite3';

const CHUNK = 4 * 2 ** 20;

/** Makes a database of a dump, statement by statement, as anybody would who restores it. */
export function reload(dump: string, file: string): void {
  const db = new Database(file);
  try {
    db.unsafeMode(true); // a virtual table is written into the schema itself
    db.pragma('synchronous = OFF'); // it is thrown away
    let statement = '';
    for (const line of linesOf(dump)) {
      statement += line;
      if (!isWhole(db, statement)) continue;
      db.exec(statement);
      statement = '';
    }
    if (statement.trim() !== '') throw new Error('it ends in the middle of a statement');
  } finally {
    db.close();
  }
}

/** Every statement of a dump ends with a line, but a line may end within one: within text, or the body of a trigger. */
function isWhole(db: Database.Database, statement: string): boolean {
  if (!statement.endsWith(';\n')) return false;
  // In a row nothing but text and bytes has quotes, and every quote in them is doubled.
  if (statement.startsWith('INSERT ')) return quotesIn(statement) % 2 === 0;
  try {
    db.prepare(statement);
    return true;
  } catch (error) {
    return !/^(incomplete input|unrecognized token)/.test((error as Error).message);
  }
}

function quotesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf("'"); at >= 0; at = text.indexOf("'", at + 1)) count += 1;
  return count;
}

/** Only a line feed ends a line: text may hold any other sign that a reader of lines would take for an end. */
function* linesOf(file: string): Generator<string> {
  const fd = openSync(file, 'r');
  try {
    let rest = Buffer.alloc(0);
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      const length = readSync(fd, chunk, 0, CHUNK, null);
      if (length === 0) break;
      const bytes = Buffer.concat([rest, chunk.subarray(0, length)]);
      let start = 0;
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
        yield bytes.toString('utf8', start, end + 1);
        start = end + 1;
      }
      rest = Buffer.from(bytes.subarray(start));
    }
    if (rest.length > 0) yield rest.toString('utf8');
  } finally {
    closeSync(fd);
  }
}
