import type { Source } from '../source/open-source.ts';
import type { SqliteColumn, SqliteTable } from '../source/schema-of.ts';
import { columnTypes, type TypeName } from '../values/column-type.ts';
import { castTo } from '../values/cast.ts';
import { momentOf } from '../values/moment.ts';
import { type Kind, kindOf, shownValue, type SqliteValue } from '../values/sqlite-value.ts';

/** What is in a column. */
export interface ColumnProfile {
  readonly counts: Partial<Record<Kind, number>>;
  /** What fits the type that it was tried with, NULL not counted. */
  readonly fits: number;
  /** Of what does not: how often, and the first ones. */
  readonly odd: Partial<Record<Kind, OddValues>>;
  /** The longest text, in characters. */
  readonly longest: number;
  readonly smallest?: string;
  readonly greatest?: string;
  /** Of times, the format that most have, and whether any, or all, name their zone. */
  readonly format?: string;
  readonly zoned: number;
  /** Of what stands for yes and no: as what it is mostly written. */
  readonly truth?: string;
}

export interface OddValues {
  readonly count: number;
  readonly examples: readonly string[];
  /** How many a cast says the same of. */
  readonly castable: number;
}

export interface TableProfile {
  readonly rows: number;
  /** By column. */
  readonly columns: Readonly<Record<string, ColumnProfile>>;
}

const MAX_EXAMPLES = 3;

/** Goes through a table once. `typeOf`: which type each column is tried with. What it keeps does not grow with the table. */
export function profileTable(
  source: Source,
  table: SqliteTable,
  typeOf: (column: SqliteColumn) => TypeName,
): TableProfile {
  const tallies = table.columns.map((column) => tallyFor(typeOf(column)));
  const offset = table.found.length;
  let rows = 0;
  const names = table.columns.map(({ name }) => name);
  for (const row of source.rows(table, names)) {
    rows += 1;
    for (let at = 0; at < tallies.length; at += 1) tallies[at]!.add(row[at + offset]!);
  }
  return { rows, columns: Object.fromEntries(names.map((name, at) => [name, tallies[at]!.end()])) };
}

function tallyFor(type: TypeName) {
  const counts: Partial<Record<Kind, number>> = {};
  const odd: Partial<Record<Kind, { count: number; examples: string[]; castable: number }>> = {};
  const formats = new Map<string, number>();
  const truths = new Map<string, number>();
  const isTime = ['date', 'timestamp', 'timestamptz'].includes(type);
  const rule = columnTypes[type];
  let fits = 0;
  let longest = 0;
  let zoned = 0;
  let least: bigint | number | undefined;
  let most: bigint | number | undefined;

  return {
    add(value: SqliteValue): void {
      const kind = kindOf(value);
      counts[kind] = (counts[kind] ?? 0) + 1;
      if (value === null) return;
      if (typeof value === 'bigint' || typeof value === 'number') {
        if (least === undefined || value < least) least = value;
        if (most === undefined || value > most) most = value;
      } else if (typeof value === 'string') longest = Math.max(longest, value.length);
      if (rule.copy(value) === undefined) return addOdd(kind, value);
      fits += 1;
      if (isTime) addTime(value as string);
      if (type === 'boolean') addTo(truths, truthForm(value));
    },
    end(): ColumnProfile {
      const [format, truth] = [mostOf(formats), mostOf(truths)];
      return {
        counts,
        fits,
        odd,
        longest,
        ...(least !== undefined && { smallest: shownValue(least) }),
        ...(most !== undefined && { greatest: shownValue(most) }),
        ...(format !== undefined && { format }),
        zoned,
        ...(truth !== undefined && { truth }),
      };
    },
  };

  function addOdd(kind: Kind, value: SqliteValue): void {
    const one = (odd[kind] ??= { count: 0, examples: [], castable: 0 });
    one.count += 1;
    if (castTo(type, value) !== undefined) one.castable += 1;
    if (one.examples.length < MAX_EXAMPLES) one.examples.push(shownValue(value));
  }

  function addTime(text: string): void {
    const { format, has } = momentOf(text)!;
    addTo(formats, format);
    if (has === 'zone') zoned += 1;
  }
}

/** How one and nothing are written: `1`, `t` or `true`. */
function truthForm(value: SqliteValue): string {
  if (typeof value === 'bigint') return 'number';
  return (value as string).length === 1 ? 'letter' : 'word';
}

function addTo(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function mostOf(counts: ReadonlyMap<string, number>): string | undefined {
  return [...counts].toSorted(([, one], [, other]) => other - one)[0]?.[0];
}
