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
  const columns = table.columns.filter(({ computed }) => !computed);
  const rejects: Reject[] = [];
  let rows = 0;

  function* lines(): Generator<string> {
    const copiers = columns.map((column) => ({
      column,
      fit: fittingFor(table, column),
      copy: columnTypes[column.type].copy,
    }));
    const offset = from.found.length;
    const names = columns.map(({ name }) => name);
    for (const row of source.rows(from, names)) {
      let line = '';
      for (let at = 0; at < copiers.length; at += 1) {
        const { column, fit, copy } = copiers[at]!;
        const value = fit(row[at + offset]!);
        if (value === undefined)
          rejects.push(rejectOf(row.slice(0, offset), column.name, row[at + offset]!));
        if (at > 0) line += '\t';
        line += value === undefined || value === null ? '\\N' : escaped(copy(value)!);
      }
      rows += 1;
      yield `${line}\n`;
    }
  }

  const list = columns.map(({ to }) => quoted(to)).join(', ');
  await send(client, `copy ${quoted(table.to)} (${list}) from stdin`, lines());
  if (table.rejects !== undefined) await keepBeside(client, table.rejects, rejects);
  return { rows, rejects: rejects.length };
}

async function keepBeside(client: Client, name: string, rejects: readonly Reject[]): Promise<void> {
  await client.query(
    `create unlogged table ${quoted(name)} ("row" text not null, "column" text not null, kind text not null, hex text not null)`,
  );
  const lines = rejects.map(
    ({ row, column, kind, hex }) => `${escaped(row)}\t${escaped(column)}\t${kind}\t${hex}\n`,
  );
  await send(client, `copy ${quoted(name)} from stdin`, lines);
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
