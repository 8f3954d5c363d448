import type pg from 'pg';
import { permanent } from '../../../../os/failure.ts';
import type { Changed } from '../../driver.ts';
import type { CreatedIndex, IndexSpec } from '../../index-results.ts';
import { inTime } from '../../proof-text.ts';
import { indexText } from '../../sqlite/indexes/columns.ts';
import { fullName, quotedName } from '../content/read-content.ts';
import type { PostgresConnection } from '../server/connection.ts';
import { identifier, withClient } from '../server/with-client.ts';

interface There {
  readonly valid: boolean;
  readonly isSame: boolean;
}

const LONG = { statement: 0, lock: 30_000 } as const;

/** Whether something has its name, whatever it is. */
export async function hasIndex(
  connection: PostgresConnection,
  { name, table }: IndexSpec,
): Promise<boolean> {
  return withClient(connection, async (client) => {
    const { rows } = await client.query('select to_regclass($1) is not null as there', [
      nameOf(name, table),
    ]);
    return (rows[0] as { there: boolean }).there;
  });
}

/**
 * Makes the index in the live database, while everybody reads and writes. One that is there stays; one that an attempt of ours has left unfinished
 * is made anew. Errors: `IndexExists`, `DatabaseLocked`.
 */
export async function createIndex(
  connection: PostgresConnection,
  index: IndexSpec,
): Promise<CreatedIndex> {
  return withClient(
    connection,
    async (client) => {
      const there = await foundIn(client, index);
      if (there && !there.isSame)
        throw permanent(
          'IndexExists',
          `Cannot make index ${indexText(index)}: another one has its name`,
        );
      if (there?.valid)
        return { changed: false, milliseconds: 0, note: `Index ${indexText(index)} is there` };
      if (there) await client.query(`drop index concurrently ${nameOf(index.name, index.table)}`);
      const begun = performance.now();
      try {
        await client.query(createText(index, 'concurrently'));
      } catch (error) {
        await client
          .query(`drop index concurrently if exists ${nameOf(index.name, index.table)}`)
          .catch(() => {});
        throw error;
      }
      const note = `Index ${indexText(index)}, made in ${inTime(performance.now() - begun)}, while everybody wrote`;
      return { changed: true, milliseconds: 0, note };
    },
    LONG,
  );
}

/** Takes the index away, unless another one has its name. */
export async function dropIndex(
  connection: PostgresConnection,
  index: IndexSpec,
): Promise<Changed> {
  return withClient(
    connection,
    async (client) => {
      if (!(await foundIn(client, index))?.isSame) return { changed: false };
      await client.query(`drop index concurrently ${nameOf(index.name, index.table)}`);
      return { changed: true };
    },
    LONG,
  );
}

export function createText({ name, table, columns }: IndexSpec, how = ''): string {
  return `create index ${how} ${identifier(name)} on ${quotedName(table)} (${columns.map(identifier).join(', ')})`;
}

/** In the schema of its table. */
function nameOf(name: string, table: string): string {
  const full = fullName(table);
  return `${identifier(full.slice(0, full.indexOf('.')))}.${identifier(name)}`;
}

async function foundIn(client: pg.Client, index: IndexSpec): Promise<There | undefined> {
  const { rows } = await client.query<{ valid: boolean; table: string; columns: string[] }>(
    `select i.indisvalid as valid, i.indrelid = to_regclass($2) and i.indpred is null and i.indexprs is null and not i.indisunique as table,
       array(select a.attname::text from unnest(i.indkey::int[]) with ordinality k(n, at)
         join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.n order by k.at) as columns
     from pg_index i where i.indexrelid = to_regclass($1)`,
    [nameOf(index.name, index.table), quotedName(index.table)],
  );
  const [found] = rows;
  if (found)
    return {
      valid: found.valid,
      isSame: Boolean(found.table) && found.columns.join('\n') === index.columns.join('\n'),
    };
  const { rows: other } = await client.query<{ there: boolean }>(
    'select to_regclass($1) is not null as there',
    [nameOf(index.name, index.table)],
  );
  return other[0]!.there ? { valid: true, isSame: false } : undefined;
}
