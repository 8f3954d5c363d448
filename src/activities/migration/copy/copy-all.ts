import type { Client } from 'pg';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { redacted } from '../../../os/redacted.ts';
import { compareTable } from '../compare/compare-table.ts';
import type { Resolved, ResolvedTable } from '../plan/resolve.ts';
import type { Source } from '../source/open-source.ts';
import { quoted } from '../source/quoted.ts';
import { copyTable } from './copy-table.ts';
import { dropMade, expectOwn, type Made, madeBy, noteMade, readMark, writeMark } from './marks.ts';

export interface Copied {
  readonly changed: boolean;
  readonly rows: number;
  readonly rejects: number;
  readonly copyMilliseconds: number;
  readonly buildMilliseconds: number;
}

/**
 * Makes PostgreSQL a copy of the source, by the plan: each table whole in a transaction of its own, keys and indexes after its rows, references
 * after all tables. A try after one that was killed takes a table over only when a comparison finds it equal. `role`: whose the tables are.
 */
export async function copyAll(
  source: Source,
  client: Client,
  { tables, others }: Resolved,
  { stamp, role, users }: { stamp: Stamp; role: string; users: readonly string[] },
): Promise<Copied> {
  await expectOwn(client);
  const mark = await readMark(client);
  const before = mark?.stamp === stamp ? await madeBy(client, stamp) : new Map<string, Made>();
  // Whoever made it took as long as this would: it is what a cut-over takes, too.
  if (mark?.state === 'copied' && mark.stamp === stamp)
    return { changed: false, ...sumOf(before), buildMilliseconds: mark.build ?? 0 };
  await writeMark(client, { state: 'copying', stamp });
  const kept = await equalOnes(source, client, tables, before);
  await dropMade(client, kept);
  for (const table of tables.filter(({ to }) => !kept.has(to)))
    await inTransaction(client, async () => {
      const begun = performance.now();
      await client.query(`set local role ${quoted(role)}`);
      const copied = await saying(table.name, () => copyTable(source, client, table));
      await client.query('reset role');
      const milliseconds = Math.round(performance.now() - begun);
      await noteMade(client, table.to, stamp, { ...copied, milliseconds });
      if (table.rejects !== undefined) await noteMade(client, table.rejects, stamp);
    });
  const begun = performance.now();
  let built = 0;
  await inTransaction(client, async () => {
    await client.query(`set local role ${quoted(role)}`);
    for (const table of tables) await build(source, client, table);
    // What refers to a table needs its keys.
    for (const { name, foreignKeys } of tables)
      for (const sql of foreignKeys) await saying(name, () => alone(client, sql));
    for (const sql of others) await saying('views and triggers', () => alone(client, sql));
    await grant(client, users);
    for (const { to } of tables) await client.query(`analyze ${quoted(to)}`);
    await client.query('reset role');
    built = Math.round(performance.now() - begun);
    await writeMark(client, { state: 'copied', stamp, build: built });
  });
  const made = await madeBy(client, stamp);
  return { changed: true, ...sumOf(made), buildMilliseconds: built };
}

/** Of all tables, whichever try has made them. */
function sumOf(
  made: ReadonlyMap<string, Made>,
): Pick<Copied, 'rows' | 'rejects' | 'copyMilliseconds'> {
  const all = [...made.values()];
  const sum = (of: keyof Made) => all.reduce((total, one) => total + one[of], 0);
  return { rows: sum('rows'), rejects: sum('rejects'), copyMilliseconds: sum('milliseconds') };
}

/** Those that an earlier try has made, and that are still whole: a server that died has emptied what is unlogged. */
async function equalOnes(
  source: Source,
  client: Client,
  tables: readonly ResolvedTable[],
  before: ReadonlyMap<string, Made>,
): Promise<ReadonlySet<string>> {
  const equal = new Set<string>();
  for (const table of tables) {
    if (!before.has(table.to) || table.rejects !== undefined) continue;
    const { equal: isEqual } = await compareTable(source, client, table);
    if (isEqual) equal.add(table.to);
  }
  return equal;
}

async function build(source: Source, client: Client, table: ResolvedTable): Promise<void> {
  for (const sql of table.after) await saying(table.name, () => alone(client, sql));
  await client.query(`alter table ${quoted(table.to)} set logged`);
  if (table.rejects !== undefined)
    await client.query(`alter table ${quoted(table.rejects)} set logged`);
  if (table.identity !== undefined) await setNext(source, client, table, table.identity);
}

/** The next number is above all that are there, and above those that SQLite gave to rows which are gone. */
async function setNext(
  source: Source,
  client: Client,
  table: ResolvedTable,
  identity: string,
): Promise<void> {
  const hasGiven =
    source.db.prepare(`select 1 from sqlite_schema where name = 'sqlite_sequence'`).get() !==
    undefined;
  const given = hasGiven
    ? (source.db
        .prepare('select seq from sqlite_sequence where name = ?')
        .pluck()
        .safeIntegers()
        .get(table.name) as bigint | undefined)
    : undefined;
  await client.query(
    `select setval(pg_get_serial_sequence($1, $2), greatest(1, $3::bigint, max(${quoted(identity)})),
       coalesce($3::bigint > 0 or max(${quoted(identity)}) > 0, false)) from ${quoted(table.to)}`,
    [quoted(table.to), identity, String(given ?? 0n)],
  );
}

async function grant(client: Client, users: readonly string[]): Promise<void> {
  for (const user of users.map(quoted)) {
    const { rows } = await client.query<{ schema: string }>('select current_schema() as schema');
    const schema = quoted(rows[0]!.schema);
    await client.query(`grant usage on schema ${schema} to ${user}`);
    await client.query(
      `grant select, insert, update, delete on all tables in schema ${schema} to ${user}`,
    );
    await client.query(`grant usage, select on all sequences in schema ${schema} to ${user}`);
  }
}

/** Never more than one statement, whatever a plan says. */
async function alone(client: Client, text: string): Promise<void> {
  await client.query({ text, queryMode: 'extended' } as { text: string });
}

async function inTransaction<Result>(client: Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** PostgreSQL names the fault; a person needs to know the table, too. */
async function saying<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { severity, message, detail } = error as {
      severity?: string;
      message: string;
      detail?: string;
    };
    if (severity === undefined) throw error;
    const more = detail === undefined ? '' : ` (${detail})`;
    throw permanent(
      'CopyFailed',
      redacted(`Cannot make "${name}" in PostgreSQL: ${message}${more}`),
    );
  }
}
