import type Database from 'better-sqlite3';
import type { TimedStatement } from '../../index-results.ts';
import { identifier } from '../file/identifier.ts';
import { type ColumnName, readStatement, type Statement } from './statement.ts';

/** One that is read, and may be asked for its time again and again. */
export interface Runnable {
  readonly text: string;
  readonly statement: Statement;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The shortest counts: everything else on the machine only adds to it. */
const TRIES = 25;
/** For all tries of one statement, in ms: what takes longer is run once. */
const ENOUGH = 200;
/** For a placeholder that must be a number, such as a limit. */
const SOME = 100;

/** Takes one SELECT that changes nothing, or answers why it does not. */
export function expectRunnable(
  db: Database.Database,
  text: string,
): Runnable | { readonly refused: string } {
  const statement = readStatement(text);
  try {
    // More than one statement is refused by `prepare`.
    const prepared = db.prepare(statement.sql);
    if (!prepared.reader || !prepared.readonly) return { refused: 'It does more than read' };
    const values = valuesFor(db, statement);
    prepared.bind(values);
    return { text, statement, values };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

export function timed(
  db: Database.Database,
  { text, statement, values }: Runnable,
): TimedStatement {
  let shortest = Number.POSITIVE_INFINITY;
  // Prepared before: of a short statement that is most of its time.
  const prepared = db.prepare(statement.sql).raw();
  const end = performance.now() + ENOUGH;
  for (let tries = 0; tries < TRIES && (tries === 0 || performance.now() < end); tries += 1) {
    const begun = performance.now();
    // Row by row: however many there are, one of them is held at a time.
    for (const _ of prepared.iterate(values));
    shortest = Math.min(shortest, performance.now() - begun);
  }
  return { sql: text, plan: planOf(db, statement, values), milliseconds: shortest };
}

function planOf(
  db: Database.Database,
  { sql }: Statement,
  values: Readonly<Record<string, unknown>>,
): string {
  const rows = db.prepare(`explain query plan ${sql}`).all(values) as { detail: string }[];
  return rows.map(({ detail }) => detail).join('; ');
}

/** Values that occur: a comparison with one that does not would find nothing, and be fast for that. */
function valuesFor(db: Database.Database, statement: Statement): Record<string, unknown> {
  return Object.fromEntries(
    statement.placeholders.map(({ name, column, counts }) => [
      name,
      // What a function is given may have to be of some form: NULL is of any.
      counts ? SOME : column === undefined ? null : (valueOf(db, statement, column) ?? null),
    ]),
  );
}

/** One from the middle of the table. */
function valueOf(db: Database.Database, { tables }: Statement, { table, column }: ColumnName) {
  const among = tables.filter(({ alias }) => table === undefined || alias === table);
  for (const { table: name } of among)
    for (const where of [
      `rowid >= (select max(rowid) / 2 from ${identifier(name)}) and`,
      // A table without rowid, and one whose second half has none.
      '',
    ])
      try {
        const found = db
          .prepare(
            `select ${identifier(column)} from ${identifier(name)} where ${where} typeof(${identifier(column)}) <> 'null' limit 1`,
          )
          .pluck()
          .get();
        if (found !== undefined) return found;
      } catch {
        // It is a column of another table.
      }
  return undefined;
}
