import type pg from 'pg';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import type { IndexProof, IndexSpec } from '../../index-results.ts';
import { derivedFrom } from '../../sqlite/indexes/candidates.ts';
import { isSameIndex } from '../../sqlite/indexes/columns.ts';
import type { Statement } from '../../sqlite/indexes/statement.ts';
import { quotedName } from '../content/read-content.ts';

export type Candidate = Pick<IndexProof, 'index' | 'from'>;

/** Each is made on the copy, and every statement timed with it. */
const MOST = 8;

/** Indexes that may help, those that people have named first. `notes`: why one that was named is none. */
export async function candidatesFor(
  client: pg.Client,
  { database }: Pick<PostgresTarget, 'database'>,
  statements: readonly Statement[],
): Promise<{ readonly candidates: readonly Candidate[]; readonly notes: readonly string[] }> {
  const names = [
    ...new Set([
      ...statements.flatMap(({ tables }) => tables.map(({ table }) => table)),
      ...database.indexes.map(({ table }) => table),
    ]),
  ];
  const columns = new Map<string, string[]>();
  for (const name of names) columns.set(name, await columnsOf(client, name));
  const notes: string[] = [];
  const candidates: Candidate[] = [];
  const derived = statements.flatMap((statement) =>
    derivedFrom((table) => columns.get(table) ?? [], statement).map((index) => ({
      index,
      from: 'statement' as const,
    })),
  );
  const named = database.indexes.map((index) => ({ index, from: 'target' as const }));
  for (const one of [...named, ...derived]) {
    const { index, from } = one;
    const there = columns.get(index.table) ?? [];
    const missing = index.columns.find((column) => !there.includes(column));
    const covered = missing === undefined ? await coveredBy(client, index) : undefined;
    const why =
      there.length === 0
        ? `Cannot make index "${index.name}": there is no table "${index.table}"`
        : missing !== undefined
          ? `Cannot make index "${index.name}": table "${index.table}" has no column "${missing}"`
          : covered !== undefined
            ? `Index "${index.name}" is not needed: "${covered}" has its columns`
            : undefined;
    if (why !== undefined) {
      if (from === 'target') notes.push(why);
      continue;
    }
    if (candidates.length < MOST && !candidates.some((other) => isSameIndex(other.index, index)))
      candidates.push(one);
  }
  return { candidates, notes };
}

/** Of a plain table. None: there is no such. */
async function columnsOf(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
     where a.attrelid = to_regclass($1) and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [quotedName(table)],
  );
  return rows.map(({ name }) => name);
}

/** The index that finds rows by these columns already, if there is one: whole, valid, and of columns alone. */
async function coveredBy(
  client: pg.Client,
  { table, columns }: Pick<IndexSpec, 'table' | 'columns'>,
): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array(select a.attname::text from unnest(i.indkey::int[]) with ordinality k(n, at)
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.n order by k.at) as columns
     from pg_index i join pg_class c on c.oid = i.indexrelid
     where i.indrelid = to_regclass($1) and i.indisvalid and i.indpred is null and i.indexprs is null`,
    [quotedName(table)],
  );
  return rows.find((one) => columns.every((column, place) => one.columns[place] === column))?.name;
}
