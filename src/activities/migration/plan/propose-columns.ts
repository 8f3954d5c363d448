import { countText } from '../../../config/text/count-text.ts';
import type { SqliteColumn, SqliteTable } from '../source/schema-of.ts';
import type { TypeName } from '../values/column-type.ts';
import type { Kind } from '../values/sqlite-value.ts';
import type { Asking } from './asking.ts';
import type { PlannedColumn } from './plan.ts';
import type { ColumnProfile, OddValues, TableProfile } from './profile.ts';
import { settledType } from './proposed-type.ts';
import { type Columns, translatedArithmetic, translatedDefault } from './translate.ts';

interface ColumnsRequest {
  readonly table: SqliteTable;
  readonly profile: TableProfile;
  /** What each was tried with. Undefined: by what is in it. */
  readonly triedWith: (column: SqliteColumn) => TypeName | undefined;
  readonly toName: (name: string) => string;
  readonly asking: Asking;
}

/** Of each column: its type, and every question that its content or its declaration leaves open. */
export function proposeColumns(request: ColumnsRequest): PlannedColumn[] {
  const { table, profile, triedWith, toName } = request;
  const typed = table.columns.map((column) => {
    const found = profile.columns[column.name]!;
    return { column, found, type: settledType(triedWith(column), found), to: toName(column.name) };
  });
  const columns: Columns = new Map(
    typed.map(({ column, to, type }) => [column.name.toLowerCase(), { to, type }]),
  );
  return typed.map((one) => propose(one, columns, request));
}

interface Typed {
  readonly column: SqliteColumn;
  readonly found: ColumnProfile;
  readonly type: TypeName;
  readonly to: string;
}

function propose(
  { column, found, type, to }: Typed,
  columns: Columns,
  { table, triedWith, asking, profile }: ColumnsRequest,
): PlannedColumn {
  const id = `${table.name}.${column.name}`;
  const asked: string[] = [];
  const isIdentity = table.rowid === column.name && type === 'bigint';
  const needed = column.notNull || table.key.includes(column.name);
  const odd = triedWith(column) === undefined ? oddOfContent(found, type) : found.odd;
  const kinds = Object.keys(odd) as Kind[];
  if (kinds.length > 0)
    asked.push(
      asking.ask(
        `column ${id} as ${type}: ${kinds.join(', ')}`,
        `${oddText(odd)} of ${countText(profile.rows, 'row')} do not fit ${type}`,
        choicesFor(type, odd, needed),
      ),
    );
  const generated =
    column.generated === undefined ? undefined : translatedArithmetic(column.generated, columns);
  if (column.generated !== undefined && generated === undefined)
    asked.push(
      asking.ask(`generated column ${id}`, `SQLite computes it: ${column.generated}`, [
        'as data',
        'leave out',
        'sql',
      ]),
    );
  const value =
    column.default === undefined || isIdentity
      ? undefined
      : translatedDefault(column.default, type);
  if (column.default !== undefined && !isIdentity && value === undefined)
    asked.push(
      asking.ask(`default of ${id}`, `SQLite has: ${column.default}`, ['leave out', 'sql']),
    );
  const written = found.format ?? found.truth;
  return {
    name: column.name,
    to,
    declared: column.declared,
    type,
    ...(column.notNull && { notNull: true as const }),
    ...(value !== undefined && value !== 'null' && { default: value }),
    ...(generated !== undefined && { generated }),
    ...(isIdentity && { identity: true as const }),
    ...(written !== undefined && { written }),
    ...(asked.length > 0 && { ask: asked }),
    found: contentText(found),
  };
}

/** What of a column without a type is not what its content makes it. */
function oddOfContent({ counts, odd }: ColumnProfile, type: TypeName): ColumnProfile['odd'] {
  const fitting: readonly Kind[] =
    type === 'text'
      ? ['text', 'empty text']
      : type === 'bigint'
        ? ['integer']
        : type === 'bytea'
          ? ['blob']
          : ['real'];
  const kinds = Object.keys(counts).filter(
    (kind) => kind !== 'null' && !fitting.includes(kind as Kind),
  ) as Kind[];
  return Object.fromEntries(kinds.map((kind) => [kind, odd[kind]!]).filter(([, one]) => one));
}

function choicesFor(type: TypeName, odd: ColumnProfile['odd'], needed: boolean): string[] {
  const values = Object.entries(odd) as [Kind, OddValues][];
  const isText = values.every(([kind]) => ['text', 'empty text', 'integer', 'real'].includes(kind));
  return [
    ...(type !== 'text' && isText ? ['as text'] : []),
    ...(type !== 'bytea' && !isText ? ['as bytes'] : []),
    ...(values.every(([, { count, castable }]) => castable === count) ? ['cast'] : []),
    ...(needed ? [] : ['null', 'rejects']),
  ];
}

/** `5 values (3 text, such as "abc"; 2 real, such as 3.5)`. */
function oddText(odd: ColumnProfile['odd']): string {
  const values = Object.entries(odd) as [Kind, OddValues][];
  const all = values.reduce((sum, [, { count }]) => sum + count, 0);
  const each = values.map(
    ([kind, { count, examples }]) =>
      `${count} ${kind}${kind === 'empty text' ? '' : `, such as ${examples.join(', ')}`}`,
  );
  return `${countText(all, 'value')} (${each.join('; ')})`;
}

function contentText({ counts, smallest, greatest, longest }: ColumnProfile): string {
  const each = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  const range = smallest === undefined ? [] : [`from ${smallest} to ${greatest}`];
  return [...each, ...range, ...(longest > 0 ? [`at most ${longest} characters`] : [])].join(', ');
}
