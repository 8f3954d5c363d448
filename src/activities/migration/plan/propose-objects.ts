import { countText } from '../../../config/text/count-text.ts';
import { quoted } from '../source/quoted.ts';
import type { SqliteForeignKey, SqliteIndex, SqliteTable } from '../source/schema-of.ts';
import type { Asking } from './asking.ts';
import { indexSqlOf } from './index-sql.ts';
import type { PlannedColumn, PlannedObject } from './plan.ts';
import type { TableProfile } from './profile.ts';
import { type Columns, translated } from './translate.ts';

interface ObjectsRequest {
  readonly table: SqliteTable;
  readonly to: string;
  readonly columns: readonly PlannedColumn[];
  readonly profile: TableProfile;
  readonly asking: Asking;
  /** Gives an index or a constraint its name. */
  readonly toName: (name: string) => string;
}

/** The primary key, what else is unique by the table itself, and its checks. */
export function proposeKeys(request: ObjectsRequest): PlannedObject[] {
  const { table, to, profile, asking, toName, columns } = request;
  const unique = table.indexes.filter(({ origin }) => origin === 'u');
  const known = columnsOf(columns);
  return [
    ...(table.key.length === 0 ? [] : [primaryKey()]),
    ...unique.map((index): PlannedObject => {
      const name = `unique ${index.parts.map(({ column }) => column).join(', ')}`;
      const made = toName(`${table.name}_${index.parts.map(({ column }) => column).join('_')}_key`);
      return uniqueOf(request, name, made, index);
    }),
    ...table.checks.map((check, at): PlannedObject => {
      const name = `check ${check}`.slice(0, 200);
      const made = toName(`${table.name}_check${at + 1}`);
      const sql = translated(check, known);
      const statement = (it: string) =>
        `alter table ${quoted(to)} add constraint ${quoted(made)} check (${it})`;
      if (sql !== undefined) return { name, sql: statement(sql) };
      const ask = asking.ask(
        `check of ${table.name}: ${check}`.slice(0, 900),
        `SQLite has: check (${check})`,
        ['leave out', 'sql'],
      );
      return { name, ask };
    }),
  ];

  function primaryKey(): PlannedObject {
    const list = listOf(table.key, known);
    const sql = `alter table ${quoted(to)} add primary key (${list})`;
    const nulls = table.key.filter((name) => (profile.columns[name]?.counts.null ?? 0) > 0);
    const name = 'primary key';
    if (nulls.length === 0) return { name, sql };
    const count = profile.columns[nulls[0]!]!.counts.null!;
    return {
      name,
      ask: asking.ask(
        `key of ${table.name}`,
        `Its primary key is NULL in ${countText(count, 'row')}, which PostgreSQL does not allow`,
        ['unique', 'leave out'],
      ),
      answers: {
        unique: `create unique index ${quoted(toName(`${table.name}_key`))} on ${quoted(to)} (${list})`,
      },
    };
  }
}

/** What was made by `create index`. */
export function proposeIndexes(request: ObjectsRequest): PlannedObject[] {
  const { table, to, asking, toName, columns } = request;
  const known = columnsOf(columns);
  return table.indexes
    .filter(({ origin }) => origin === 'c')
    .map((index): PlannedObject => {
      const made = toName(index.name);
      const isPlain = !index.partial && index.parts.every(({ column }) => column !== undefined);
      if (isPlain) return uniqueOf(request, index.name, made, index);
      const sql = expressionIndex(index, known, { to, made });
      if (sql !== undefined) return { name: index.name, sql };
      const ask = asking.ask(`index ${table.name}.${index.name}`, `SQLite has: ${index.sql}`, [
        'leave out',
        'sql',
      ]);
      return { name: index.name, ask };
    });
}

function expressionIndex(
  index: SqliteIndex,
  known: Columns,
  { to, made }: { readonly to: string; readonly made: string },
): string | undefined {
  const said = indexSqlOf(index.sql ?? '');
  if (!said || said.parts.length !== index.parts.length || hasCollation(index)) return undefined;
  const where = said.where === undefined ? undefined : translated(said.where, known);
  if (said.where !== undefined && where === undefined) return undefined;
  const parts = said.parts.map((part, at) => {
    const sql = translated(part, known);
    return sql && `(${sql})${index.parts[at]!.descending ? ' desc' : ''}`;
  });
  if (parts.some((part) => part === undefined)) return undefined;
  const unique = index.unique ? 'unique ' : '';
  return `create ${unique}index ${quoted(made)} on ${quoted(to)} (${parts.join(', ')})${where === undefined ? '' : ` where ${where}`}`;
}

/** Of columns alone. NOCASE is another order in PostgreSQL: for what is unique, that is a question. */
function uniqueOf(
  { table, to, asking, columns }: ObjectsRequest,
  name: string,
  made: string,
  index: SqliteIndex,
): PlannedObject {
  const known = columnsOf(columns);
  const statement = (part: (column: string, collation: string) => string) =>
    `create ${index.unique ? 'unique ' : ''}index ${quoted(made)} on ${quoted(to)} (${index.parts
      .map(
        ({ column, collation, descending }) =>
          part(quoted(known.get(column!.toLowerCase())?.to ?? column!), collation) +
          (descending ? ' desc' : ''),
      )
      .join(', ')})`;
  if (!hasCollation(index)) return { name, sql: statement((column) => column) };
  const nocase = index.parts.every(({ collation }) => ['BINARY', 'NOCASE'].includes(collation));
  const ask = asking.ask(
    `collation of ${table.name}: ${name}`,
    `It compares by ${index.parts.map(({ collation }) => collation).join(', ')}, and PostgreSQL has no such order`,
    [...(nocase ? ['lower'] : []), 'as written', 'leave out', 'sql'],
  );
  return {
    name,
    ask,
    answers: {
      ...(nocase && {
        // Of letters without accents only, as NOCASE has it.
        lower: statement((column, collation) =>
          collation === 'NOCASE' ? `lower(${column} collate "C")` : column,
        ),
      }),
      'as written': statement((column) => column),
    },
  };
}

function hasCollation(index: SqliteIndex): boolean {
  return index.parts.some(({ collation }) => collation !== 'BINARY');
}

interface ForeignRequest extends ObjectsRequest {
  readonly orphans: ReadonlyMap<number, number>;
  /** The table that is meant, when it is there. */
  readonly parentOf: (
    key: SqliteForeignKey,
  ) =>
    | { readonly to: string; readonly columns: readonly string[]; readonly isKey: boolean }
    | undefined;
}

export function proposeForeignKeys(request: ForeignRequest): PlannedObject[] {
  const { table, to, columns, asking, toName, orphans, parentOf } = request;
  const known = columnsOf(columns);
  return table.foreignKeys.map((key): PlannedObject => {
    const name = `${key.from.join(', ')} of ${key.table}`;
    const parent = parentOf(key);
    const made = toName(`${table.name}_${key.from.join('_')}_fkey`);
    const id = `foreign key ${table.name}: ${name}`;
    if (!parent?.isKey) {
      const why = parent ? 'What it refers to is no key there' : `There is no table "${key.table}"`;
      return { name, ask: asking.ask(id, why, ['leave out', 'sql']) };
    }
    const sql =
      `alter table ${quoted(to)} add constraint ${quoted(made)} foreign key (${listOf(key.from, known)}) ` +
      `references ${quoted(parent.to)} (${parent.columns.map(quoted).join(', ')})${actionOf('update', key.onUpdate)}${actionOf('delete', key.onDelete)}`;
    const count = orphans.get(key.id) ?? 0;
    if (count === 0) return { name, sql };
    const found = `${countText(count, 'row refers', 'rows refer')} to a row of "${key.table}" that is not there`;
    return {
      name,
      ask: asking.ask(id, found, ['not valid', 'leave out']),
      answers: { 'not valid': `${sql} not valid` },
    };
  });
}

function actionOf(event: string, action: string): string {
  return /^(cascade|restrict|set null|set default)$/i.test(action)
    ? ` on ${event} ${action.toLowerCase()}`
    : '';
}

function columnsOf(columns: readonly PlannedColumn[]): Columns {
  return new Map(columns.map(({ name, to, type }) => [name.toLowerCase(), { to, type }]));
}

function listOf(names: readonly string[], known: Columns): string {
  return names.map((name) => quoted(known.get(name.toLowerCase())?.to ?? name)).join(', ');
}
