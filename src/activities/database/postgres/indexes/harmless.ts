import type pg from 'pg';
import { tokensOf } from '../../sqlite/dump/sql-tokens.ts';

/** Where texts begin and end is read otherwise by PostgreSQL than by us, in each of these: what was logged has no values in it, and needs none. */
const UNCLEAR = /[\\'`;]|\/\*|--|\bU&|\$[^\d]|\$$/i;

/**
 * Why a statement that a log names is not run, not even on a copy. Whoever writes into the log could call what acts beyond the copy, such as
 * `pg_terminate_backend`: only functions of the server itself that change nothing are taken. Undefined: it may be run.
 */
export async function whyNotHarmless(client: pg.Client, sql: string): Promise<string | undefined> {
  if (!/^\s*(select|with)\b/i.test(sql)) return 'It does more than read';
  if (UNCLEAR.test(sql)) return 'It holds texts or comments, and only its shape is taken';
  const names = calledIn(sql);
  const { rows } = await client.query<{ name: string }>(
    `select distinct proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where proname = any($1) and (p.provolatile = 'v' or n.nspname <> 'pg_catalog')`,
    [names],
  );
  const [first] = rows;
  return first && `It calls "${first.name}", which may do more than read`;
}

/** Every name that stands before a parenthesis, as PostgreSQL would fold it. */
function calledIn(sql: string): string[] {
  const pieces = [...tokensOf(sql)].filter(({ kind }) => kind !== 'space');
  return pieces.flatMap(({ kind, text }, at) => {
    if (pieces[at + 1]?.text !== '(') return [];
    if (kind === 'word') return [text.toLowerCase()];
    return kind === 'quoted' && text.startsWith('"') ? [text.slice(1, -1)] : [];
  });
}
