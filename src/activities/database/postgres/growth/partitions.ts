import type pg from 'pg';
import { permanent } from '../../../../os/failure.ts';
import { identifier } from '../server/with-client.ts';
import { readTable, type TableFacts } from './table-facts.ts';

/** More of them make every plan of a statement slower. */
const MOST = 120;
/** So many months or years are there before a row comes. */
const AHEAD = 3;

/**
 * One transaction that puts a table partitioned by range of a date in the place of a table, with all its rows, and keeps the old one. It aborts
 * where a count differs. What it cannot carry over is a reason to make none. Errors: `NotApplicable`, `InvalidInput`.
 */
export async function partitionPlan(
  client: pg.Client,
  schema: string,
  table: string,
  by: string | undefined,
): Promise<string> {
  const facts = await readTable(client, schema, table);
  const column = columnFor(facts, by);
  const bounds = await boundsOf(client, facts, column.name);
  return sqlOf(facts, column.name, bounds);
}

function columnFor({ name, columns, obstacles }: TableFacts, by: string | undefined) {
  if (obstacles.length > 0)
    throw permanent(
      'NotApplicable',
      `"${name}" has ${obstacles.join(', ')}, which partitions cannot take along: it has to be done by hand`,
    );
  const fit = columns.filter(({ type, required }) => required && /^(date|timestamp)/.test(type));
  const found = by === undefined ? fit : fit.filter((one) => one.name === by);
  if (found.length === 1) return found[0]!;
  const names = fit.map((one) => `"${one.name}"`).join(', ') || 'none';
  throw permanent(
    'InvalidInput',
    by === undefined
      ? `Which column "${name}" is to be partitioned by is not known. Dates that are never null: ${names}: say one by --by`
      : `"${name}" has no date "${by}" that is never null. Those that it has: ${names}`,
  );
}

interface Bounds {
  readonly unit: 'month' | 'year';
  /** The beginning of each partition, and the end of the last: ISO dates. */
  readonly dates: readonly string[];
}

async function boundsOf(
  client: pg.Client,
  { schema, name }: TableFacts,
  column: string,
): Promise<Bounds> {
  const { rows } = await client.query<{ low: Date | null; high: Date | null }>(
    `select min(${identifier(column)})::timestamp at time zone 'UTC' as low, max(${identifier(column)})::timestamp at time zone 'UTC' as high
     from ${identifier(schema)}.${identifier(name)} where isfinite(${identifier(column)})`,
  );
  const now = new Date();
  const [low, high] = [rows[0]?.low ?? now, rows[0]?.high ?? now];
  const months =
    (high.getUTCFullYear() - low.getUTCFullYear()) * 12 + high.getUTCMonth() - low.getUTCMonth();
  const unit = months + AHEAD > MOST ? 'year' : 'month';
  const dates: string[] = [];
  const last = unit === 'month' ? months + AHEAD + 1 : Math.ceil(months / 12) + AHEAD + 1;
  for (let step = 0; step <= last; step += 1)
    dates.push(
      new Date(
        Date.UTC(
          low.getUTCFullYear() + (unit === 'year' ? step : 0),
          unit === 'month' ? low.getUTCMonth() + step : 0,
        ),
      )
        .toISOString()
        .slice(0, 10),
    );
  return { unit, dates };
}

function sqlOf(facts: TableFacts, column: string, { unit, dates }: Bounds): string {
  const { schema, name, owner, keys, indexes, sequences, grants } = facts;
  const at = (table: string) => `${identifier(schema)}.${identifier(table)}`;
  const next = `${name}_partitioned`.slice(0, 60);
  const before = `${name}_unpartitioned`.slice(0, 60);
  const parts = dates.slice(0, -1).map((from, index) => {
    const part = `${name.slice(0, 50)}_${from.slice(0, unit === 'month' ? 7 : 4).replace('-', '_')}`;
    return `create table ${at(part)} partition of ${at(next)} for values from ('${from}') to ('${dates[index + 1]!}');`;
  });
  const wider = keys.map((key) => [...new Set([...key.columns, column])]);
  return [
    `-- "${name}" in partitions by ${unit} of "${column}": psql -X -v ON_ERROR_STOP=1 -f this, as "${owner}". Nobody can use the table meanwhile.`,
    '-- Practise it on a restored copy first. Make a backup. The application has to name the column where it is to find few partitions.',
    ...keys.flatMap(({ columns: of }, index) =>
      of.includes(column)
        ? []
        : [
            `-- A key of partitions holds "${column}": (${of.join(', ')}) becomes (${wider[index]!.join(', ')}), so that ${of.join(', ')} alone is no longer held to be unique.`,
          ],
    ),
    'begin;',
    "set local timezone = 'UTC';",
    `lock table ${at(name)} in access exclusive mode;`,
    `create table ${at(next)} (like ${at(name)} including defaults including constraints including generated including storage including comments) partition by range (${identifier(column)});`,
    `alter table ${at(next)} owner to ${identifier(owner)};`,
    ...parts,
    `create table ${at(`${name.slice(0, 50)}_rest`)} partition of ${at(next)} default;`,
    `insert into ${at(next)} select * from ${at(name)};`,
    ...keys.map(
      ({ primary }, index) =>
        `alter table ${at(next)} add ${primary ? 'primary key' : 'unique'} (${wider[index]!.map(identifier).join(', ')});`,
    ),
    'do $$ begin',
    `  if (select count(*) from ${at(next)}) <> (select count(*) from ${at(name)}) then raise exception 'the counts differ: nothing was changed'; end if;`,
    'end $$;',
    `alter table ${at(name)} rename to ${identifier(before)};`,
    `alter table ${at(next)} rename to ${identifier(name)};`,
    ...indexes.map(
      ({ definition, index }) =>
        `alter index ${identifier(schema)}.${identifier(index)} rename to ${identifier(`${index.slice(0, 55)}_before`)};\n${definition};`,
    ),
    ...sequences.map(
      ({ sequence, column: of }) =>
        `alter sequence ${sequence} owned by ${at(name)}.${identifier(of)};`,
    ),
    ...grants.map(
      ({ privilege, role }) =>
        `grant ${privilege} on ${at(name)} to ${role === 'public' ? 'public' : identifier(role)};`,
    ),
    'commit;',
    `analyze ${at(name)};`,
    `-- When all is well, and a backup is made of it: drop table ${at(before)};`,
    '',
  ].join('\n');
}
