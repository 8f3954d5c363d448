import type pg from 'pg';
import type { TimedStatement } from '../../index-results.ts';
import { readStatement, type Statement } from '../../sqlite/indexes/statement.ts';
import { quotedName } from '../content/read-content.ts';
import { identifier } from '../server/with-client.ts';
import { whyNotHarmless } from './harmless.ts';

/** One that may be asked for its time again and again. */
export interface Runnable {
  readonly text: string;
  readonly statement: Statement;
  /** As PostgreSQL takes it. */
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** The shortest counts: everything else on the machine only adds to it. */
const TRIES = 5;
/** For all tries of one statement, in ms: what takes longer is run once. */
const ENOUGH = 500;
/** For a placeholder that must be a number, such as a limit. */
const SOME = 100;
/** A cast is a word to who reads the statement: its colons would be those of a placeholder. */
const CAST = 'cast_to__';

/** Takes one SELECT that changes nothing, or answers why it does not. */
export async function expectRunnable(
  client: pg.Client,
  text: string,
): Promise<Runnable | { readonly refused: string }> {
  const refused = await whyNotHarmless(client, text);
  if (refused !== undefined) return { refused };
  const statement = readStatement(text.replaceAll(/::\s*(\w+)/g, ` ${CAST}$1`));
  const sql = statement.sql
    .replaceAll(new RegExp(` ${CAST}(\\w+)`, 'g'), '::$1')
    .replaceAll(/:p(\d+)\b/g, (_, number: string) => `$${Number(number) + 1}`);
  try {
    const values: unknown[] = [];
    for (const { column, counts } of statement.placeholders)
      values.push(counts ? SOME : column ? await valueOf(client, statement, column) : null);
    await client.query({ text: `explain ${sql}`, values });
    return { text, statement, sql, values };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

/** Planned by the plan as text: its nodes and their indexes, from the outermost inwards. */
export async function timed(
  client: pg.Client,
  { text, sql, values }: Runnable,
): Promise<TimedStatement & { readonly indexes: readonly string[] }> {
  let shortest = Number.POSITIVE_INFINITY;
  let plan: Node | undefined;
  const end = performance.now() + ENOUGH;
  for (let tries = 0; tries < TRIES && (tries === 0 || performance.now() < end); tries += 1) {
    const { rows } = await client.query<{ 'QUERY PLAN': [Explained] }>({
      text: `explain (analyze, timing off, summary on, format json) ${sql}`,
      values: [...values],
    });
    const [found] = rows[0]!['QUERY PLAN'];
    shortest = Math.min(shortest, found['Execution Time']);
    plan = found.Plan;
  }
  const nodes = nodesOf(plan!);
  return {
    sql: text,
    plan: nodes.map(nodeText).join('; '),
    milliseconds: shortest,
    indexes: nodes.flatMap((node) => node['Index Name'] ?? []),
  };
}

interface Explained {
  readonly 'Execution Time': number;
  readonly Plan: Node;
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Node[];
}

function nodesOf(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function nodeText(node: Node): string {
  const { 'Node Type': type, 'Relation Name': relation, 'Index Name': index } = node;
  return `${type}${index === undefined ? '' : ` using ${index}`}${relation === undefined ? '' : ` on ${relation}`}`;
}

/** One that occurs, and often: a comparison with one that does not would find nothing, and be fast for that. */
async function valueOf(
  client: pg.Client,
  { tables }: Statement,
  { table, column }: { readonly table?: string; readonly column: string },
): Promise<unknown> {
  for (const { table: name, alias } of tables) {
    if (table !== undefined && alias !== table) continue;
    try {
      const { rows } = await client.query<{ value: unknown }>(
        `select ${identifier(column)}::text as value from ${quotedName(name)} where ${identifier(column)} is not null
         group by 1 order by count(*) desc, 1 limit 1 offset 0`,
      );
      if (rows[0]) return rows[0].value;
    } catch {
      // It is a column of another table.
    }
  }
  return null;
}
