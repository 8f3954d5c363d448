import { countText } from '../../../config/text/count-text.ts';
import type {
  SqliteColumn,
  SqliteForeignKey,
  SqliteSchema,
  SqliteTable,
} from '../source/schema-of.ts';
import type { TypeName } from '../values/column-type.ts';
import { type Asking, openAsking } from './asking.ts';
import { isFolded, isTooLong, namer } from './names.ts';
import type { Plan, PlannedTable } from './plan.ts';
import type { TableProfile } from './profile.ts';
import { proposeColumns } from './propose-columns.ts';
import { proposeForeignKeys, proposeIndexes, proposeKeys } from './propose-objects.ts';
import { declaredType } from './proposed-type.ts';

export interface Found {
  readonly schema: SqliteSchema;
  /** By table. */
  readonly profiles: Readonly<Record<string, TableProfile>>;
  /** By table, and by foreign key: rows that refer to none. */
  readonly orphans: Readonly<Record<string, ReadonlyMap<number, number>>>;
}

/** The type that people gave a column, or the one of its declaration. */
export function triedWith(
  table: SqliteTable,
  column: SqliteColumn,
  before: Plan | undefined,
): TypeName | undefined {
  const planned = before?.tables.find(({ name }) => name === table.name);
  const old = planned?.columns.find(({ name }) => name === column.name);
  // What was derived by us is derived anew.
  return old && old.declared === column.declared && old.type !== declaredType(column)
    ? old.type
    : declaredType(column);
}

/**
 * How the database becomes one of PostgreSQL: every name, type, key and index, and a question for whatever cannot be said without a person. What
 * people have changed in the plan of before, and what they answered, stays.
 */
export function propose({ schema, profiles, orphans }: Found, before?: Plan): Plan {
  const asking = openAsking(before);
  const names = namesFor(schema, asking);
  const tables = schema.tables.map((table): PlannedTable => {
    const profile = profiles[table.name]!;
    const toName = namer(names);
    const columns = proposeColumns({
      table,
      profile,
      toName,
      asking,
      triedWith: (column) => triedWith(table, column, before),
    });
    const to = names.tables.get(table.name)!;
    const request = { table, to, columns, profile, asking, toName: names.other };
    return {
      name: table.name,
      to,
      rows: profile.rows,
      columns,
      key: [...table.key],
      keys: proposeKeys(request),
      indexes: proposeIndexes(request),
      foreignKeys: [],
    };
  });
  const whole = tables.map((planned, at): PlannedTable => {
    const table = schema.tables[at]!;
    const foreignKeys = proposeForeignKeys({
      table,
      to: planned.to,
      columns: planned.columns,
      profile: profiles[table.name]!,
      asking,
      toName: names.other,
      orphans: orphans[table.name] ?? new Map(),
      parentOf: (key) => parentOf(key, schema, tables),
    });
    return { ...planned, foreignKeys };
  });
  const others = schema.others.map(({ kind, name, sql }) => ({
    name: `${kind} ${name}`,
    ask: asking.ask(`${kind} ${name}`, `SQLite has: ${sql}`, ['leave out', 'sql']),
  }));
  return {
    version: 1,
    schema: schema.sha256,
    told: toldOf(schema, profiles),
    questions: asking.questions,
    tables: whole,
    others,
  };
}

interface Names {
  readonly lower: boolean;
  readonly tables: ReadonlyMap<string, string>;
  /** Of indexes and constraints, which share one space with tables. */
  readonly other: (name: string) => string;
}

function namesFor({ tables }: SqliteSchema, asking: Asking): Names {
  const all = tables.flatMap(({ name, columns, indexes }) => [
    name,
    ...columns.map((column) => `${name}.${column.name}`),
    ...indexes.filter(({ origin }) => origin === 'c').map((index) => index.name),
  ]);
  const last = (name: string) => name.split('.').at(-1)!;
  const folded = all.filter((name) => isFolded(last(name)));
  const long = all.filter((name) => isTooLong(last(name)));
  if (folded.length > 0)
    asking.ask(
      'names with capitals',
      `${countText(folded.length, 'name has', 'names have')} capitals, such as ${folded.slice(0, 3).join(', ')}: unquoted, PostgreSQL looks for small letters`,
      ['lower case', 'as written'],
    );
  if (long.length > 0)
    asking.ask(
      'names that are too long',
      `${countText(long.length, 'name is', 'names are')} longer than 63 bytes, such as ${long[0]}: PostgreSQL would cut them`,
      ['shorten'],
    );
  const lower = asking.answerTo('names with capitals') === 'lower case';
  const other = namer({ lower });
  return { lower, tables: new Map(tables.map(({ name }) => [name, other(name)])), other };
}

function parentOf(key: SqliteForeignKey, schema: SqliteSchema, tables: readonly PlannedTable[]) {
  const at = schema.tables.findIndex(({ name }) => name.toLowerCase() === key.table.toLowerCase());
  if (at < 0) return undefined;
  const [table, planned] = [schema.tables[at]!, tables[at]!];
  const wanted = (key.to.length > 0 ? key.to : table.key).map((name) => name.toLowerCase());
  const isEqual = (names: readonly string[]) =>
    names.length === wanted.length && names.every((name) => wanted.includes(name.toLowerCase()));
  const isKey =
    wanted.length > 0 &&
    (isEqual(table.key) ||
      table.indexes.some(
        ({ unique, partial, parts }) =>
          unique &&
          !partial &&
          parts.every(({ collation }) => collation === 'BINARY') &&
          isEqual(parts.flatMap(({ column }) => column ?? [])),
      ));
  const columns = wanted.map(
    (name) => planned.columns.find((one) => one.name.toLowerCase() === name)?.to ?? name,
  );
  return { to: planned.to, columns, isKey };
}

/** What changes for the application, and is nobody's decision. */
function toldOf({ tables }: SqliteSchema, profiles: Found['profiles']): string[] {
  return tables.flatMap(({ name, columns }) =>
    columns.flatMap((column) => {
      const [, length] = /\((\d+)\)/.exec(column.declared) ?? [];
      const { longest = 0 } = profiles[name]?.columns[column.name] ?? {};
      return [
        ...(column.collation === 'NOCASE'
          ? [`${name}.${column.name} is compared with capitals: in SQLite it is NOCASE`]
          : []),
        ...(length !== undefined && /CHAR/.test(column.declared) && longest > Number(length)
          ? [
              `${name}.${column.name} is text without a limit: it is declared as ${column.declared}, and its longest has ${longest} characters`,
            ]
          : []),
      ];
    }),
  );
}
