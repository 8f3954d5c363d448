import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { to as copyTo } from 'pg-copy-streams';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { connectionOf } from '../server/connection.ts';
import { runProgram } from '../server/programs.ts';
import { identifier, withClient } from '../server/with-client.ts';

type Of = Pick<PostgresTarget, 'database' | 'directory' | 'state'>;

/** What rows can be read from. */
export interface ServerRelation {
  /** Of the schema `public` without it. */
  readonly name: string;
  readonly schema: string;
  readonly table: string;
  readonly type: 'table' | 'view';
  readonly columns: readonly string[];
}

export interface ServerCount {
  readonly name: string;
  readonly rows: number;
  /** On disk, with its indexes. */
  readonly bytes: number;
}

const RELATIONS = `select n.nspname as schema, c.relname as table,
    case when c.relkind in ('r', 'p', 'f') then 'table' else 'view' end as type,
    case when n.nspname = 'public' then c.relname else n.nspname || '.' || c.relname end as name,
    array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema')
    and n.nspname !~ '^pg_(toast|temp)' order by n.nspname <> 'public', 1, 2`;

/** In ms: a person waits. */
const STATEMENT = 600_000;

/** Tables and views by their names, without the server's own. */
export async function serverRelations(target: Of): Promise<ServerRelation[]> {
  return withClient(connectionOf(target), async (client) => {
    const { rows } = await client.query<ServerRelation>(RELATIONS);
    return rows;
  });
}

/** Rows and bytes of each table, as of one moment. */
export async function serverCounts(target: Of): Promise<ServerCount[]> {
  return withClient(
    connectionOf(target),
    async (client) => {
      await client.query('begin transaction isolation level repeatable read, read only');
      const { rows: all } = await client.query<ServerRelation>(RELATIONS);
      const counts: ServerCount[] = [];
      for (const { name, schema, table } of all.filter(({ type }) => type === 'table')) {
        const at = `${identifier(schema)}.${identifier(table)}`;
        const { rows } = await client.query<{ rows: number; bytes: number }>(
          `select (select count(*) from ${at})::float8 as rows, pg_total_relation_size(to_regclass($1))::float8 as bytes`,
          [at],
        );
        counts.push({ name, ...rows[0]! });
      }
      return counts;
    },
    { statement: STATEMENT },
  );
}

/** The statements that make a database, or one relation of it, as pg_dump writes them. */
export async function serverSchema(target: Of, relation?: ServerRelation): Promise<string> {
  const connection = connectionOf(target);
  const major = await withClient(connection, async (client) => {
    const { rows } = await client.query<{ major: number }>(
      `select current_setting('server_version_num')::int / 10000 as major`,
    );
    return rows[0]!.major;
  });
  const one = relation
    ? ['-t', `${identifier(relation.schema)}.${identifier(relation.table)}`]
    : [];
  const args = ['--schema-only', '--no-password', ...one];
  const { stdout } = await runProgram(target, connection, {
    name: 'pg_dump',
    args,
    timeout: STATEMENT,
    major,
  });
  return stdout
    .split('\n')
    .filter((line) => !/^(--|SET |SELECT pg_catalog\.set_config|\\(un)?restrict\b)/.test(line))
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

/**
 * A table or view as CSV, as COPY writes it, as of one moment: NULL is nothing, an empty text `""`. The file is new. Errors: `EEXIST`, and
 * those of the server.
 */
export async function exportCsv(
  target: Of,
  { schema, table }: ServerRelation,
  file: string,
): Promise<{ readonly rows: number; readonly bytes: number }> {
  return withClient(
    connectionOf(target),
    async (client) => {
      const at = `${identifier(schema)}.${identifier(table)}`;
      const rows = client.query(
        copyTo(`copy (select * from ${at}) to stdout with (format csv, header true)`),
      );
      const written = createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true });
      await pipeline(rows, written);
      return { rows: rows.rowCount, bytes: written.bytesWritten };
    },
    { statement: STATEMENT },
  );
}
