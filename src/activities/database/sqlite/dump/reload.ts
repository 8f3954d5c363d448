import { closeSync, openSync, readSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { statementsOf } from './statements.ts';

const CHUNK = 4 * 2 ** 20;

/** Makes a database of a dump where there is no sqlite3 program: its statements are those that the program would read. */
export function reload(dump: string, file: string): void {
  const db = new DatabaseSync(file, {
    // As the program itself: a schema may say "text" in double quotes.
    enableDoubleQuotedStringLiterals: true,
    enableForeignKeyConstraints: false,
  });
  try {
    db.enableDefensive(false); // a virtual table is written into the schema itself
    db.exec('pragma synchronous = off'); // it is thrown away
    for (const statement of statementsOf(linesOf(dump))) db.exec(statement);
  } finally {
    db.close();
  }
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
