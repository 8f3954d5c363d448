import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { ResolvedTable } from '../plan/resolve.ts';
import type { Source } from '../source/open-source.ts';
import { quoted } from '../source/quoted.ts';
import { columnTypes } from '../values/column-type.ts';
import { fittingFor, type Reject, rejectOf } from '../plan/fitting.ts';

const CHUNK = 262_144;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** One field of COPY's text format: https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2 */
function escaped(text: string): string {
  return /[\\\n\r\t]/.test(text) ? text.replaceAll(/[\\\n\r\t]/g, (sign) => ESCAPES[sign]!) : text;
}

/** Makes the table and fills it, inside the transaction of whoever calls. Answers how many rows, and values beside, it has. */
export async function copyTable(
  source: Source,
  client: Client,
  table: ResolvedTable,
): Promise<{ readonly rows: number; readonly rejects: number }> {
  await client.query(table.create);
  const from = source.schema.tables.find(({ name }) => name === table.name)!;
  const offset = from.found.length;
  const columns = table.columns.filter(({ computed }) => !computed);
  const names = columns.map(({ name }) => name);
  const copiers = columns.map((column) => ({
    column,
    fit: fittingFor(table, column),
    copy: columnTypes[column.type].copy,
  }));
  let rejects = 0;
  let rows = 0;

  function* lines(): Generator<string> {
    for (const row of source.rows(from, names)) {
      let line = '';
      for (let at = 0; at < copiers.length; at += 1) {
        const { fit, copy } = copiers[at]!;
        const value = fit(row[at + offset]!);
        if (value === undefined) rejects += 1;
        if (at > 0) line += '\t';
        line += value === undefined || value === null ? '\\N' : escaped(copy(value)!);
      }
      rows += 1;
      yield `${line}\n`;
    }
  }

  /** The source does not change: what does not fit is found a second time, and is never all in memory. */
  function* rejected(): Generator<Reject> {
    for (const row of source.rows(from, names))
      for (const [at, { column, fit }] of copiers.entries())
        if (fit(row[at + offset]!) === undefined)
          yield rejectOf(row.slice(0, offset), column.name, row[at + offset]!);
  }

  const list = columns.map(({ to }) => quoted(to)).join(', ');
  await send(client, `copy ${quoted(table.to)} (${list}) from stdin`, lines());
  if (table.rejects !== undefined)
    await keepBeside(client, table.rejects, rejects > 0 ? rejected() : []);
  return { rows, rejects };
}

async function keepBeside(client: Client, name: string, rejects: Iterable<Reject>): Promise<void> {
  await client.query(
    `create unlogged table ${quoted(name)} ("row" text not null, "column" text not null, kind text not null, hex text not null)`,
  );
  await send(client, `copy ${quoted(name)} from stdin`, linesOf(rejects));
}

function* linesOf(rejects: Iterable<Reject>): Generator<string> {
  for (const { row, column, kind, hex } of rejects)
    yield `${escaped(row)}\t${escaped(column)}\t${kind}\t${hex}\n`;
}

async function send(client: Client, sql: string, lines: Iterable<string>): Promise<void> {
  const stream = client.query(copyFrom(sql));
  await pipeline(Readable.from(chunked(lines), { objectMode: true }), stream);
}

function* chunked(lines: Iterable<string>): Generator<Buffer> {
  let text = '';
  for (const line of lines) {
    text += line;
    if (text.length < CHUNK) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}
