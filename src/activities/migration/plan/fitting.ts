import { permanent } from '../../../os/failure.ts';
import type { ResolvedColumn, ResolvedTable } from './resolve.ts';
import { bytesOf, columnTypes } from '../values/column-type.ts';
import { castTo } from '../values/cast.ts';
import { kindOf, shownValue, type SqliteValue } from '../values/sqlite-value.ts';

/** What PostgreSQL gets in the place of a value: `undefined` is kept beside, and NULL takes its place. */
export function fittingFor(
  table: Pick<ResolvedTable, 'name'>,
  column: ResolvedColumn,
): (value: SqliteValue) => SqliteValue | undefined {
  const { type, odd } = column;
  const { copy } = columnTypes[type];
  return (value) => {
    if (value === null || copy(value) !== undefined) return value;
    if (odd === 'null') return null;
    if (odd === 'rejects') return undefined;
    const made = odd === 'cast' ? castTo(type, value) : undefined;
    if (made !== undefined) return made;
    // It came after the plan was made.
    throw permanent(
      'ValueRefused',
      `"${table.name}.${column.name}" has a value that does not fit ${type} (${kindOf(value)}), and its plan says nothing of it: rehearse again`,
    );
  };
}

/** One value that is kept beside its table. */
export interface Reject {
  /** What finds its row. */
  readonly row: string;
  readonly column: string;
  readonly kind: string;
  readonly hex: string;
}

export function rejectOf(row: readonly SqliteValue[], column: string, value: SqliteValue): Reject {
  return {
    row: rowText(row),
    column,
    kind: kindOf(value),
    hex: (bytesOf(value) ?? Buffer.from(shownValue(value))).toString('hex'),
  };
}

/** A row as people find it: by its rowid, or by its key. */
export function rowText(found: readonly SqliteValue[]): string {
  return found.map((value) => (typeof value === 'string' ? value : shownValue(value))).join(', ');
}
