import type Database from 'better-sqlite3';
import type { IndexProof, IndexSpec } from '../../index-results.ts';
import { columnsOf, coveredBy, isSame, isSameIndex } from './columns.ts';
import type { Statement } from './statement.ts';

export type Candidate = Pick<IndexProof, 'index' | 'from'>;

/** Each is made on the copy, and every statement timed with it. */
const MOST = 8;
/** More columns seldom find fewer rows, and each makes every insert dearer. */
const MOST_COLUMNS = 4;
const LONGEST_NAME = 60;

/** Indexes that may help, those that people have named first. `notes`: why one that was named is none. */
export function candidatesFor(
  db: Database.Database,
  statements: readonly Statement[],
  named: readonly Candidate[],
): { readonly candidates: readonly Candidate[]; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const candidates: Candidate[] = [];
  const derived = statements.flatMap((statement) =>
    derivedFrom((table) => columnsOf(db, table), statement).map((index) => ({
      index,
      from: 'statement' as const,
    })),
  );
  // What the target names is named by people; the shapes of the other two are ours.
  for (const { index, from } of [...named, ...derived]) {
    const known = knownNames(db, index);
    if (typeof known === 'string') {
      if (from === 'target') notes.push(known);
      continue;
    }
    const covered = coveredBy(db, known);
    if (covered !== undefined) {
      if (from === 'target')
        notes.push(`Index "${index.name}" is not needed: "${covered}" has its columns`);
      continue;
    }
    if (candidates.some((one) => isSameIndex(one.index, known))) continue;
    if (candidates.length < MOST) candidates.push({ index: known, from });
  }
  return { candidates, notes };
}

/** Columns that are compared for equality, then one of a range. `columns`: of a table. */
export function derivedFrom(
  columnsIn: (table: string) => readonly string[],
  { tables, comparisons }: Statement,
): IndexSpec[] {
  return tables.flatMap(({ table, alias }) => {
    const there = columnsIn(table);
    const of = (kind: 'equal' | 'range') =>
      comparisons
        .filter((one) => one.kind === kind && isOf(one.table, alias, tables.length === 1))
        .map(({ column }) => there.find((name) => isSame(name, column)))
        .filter((name) => name !== undefined);
    const equal = [...new Set(of('equal'))];
    const range = of('range').find((column) => !equal.includes(column));
    const columns = [...equal, ...(range === undefined ? [] : [range])].slice(0, MOST_COLUMNS);
    return columns.length > 0 ? [{ name: ownName(table, columns), table, columns }] : [];
  });
}

/** Of a column without its table it is known only where there is one table. */
function isOf(table: string | undefined, alias: string, alone: boolean): boolean {
  return table === undefined ? alone : isSame(table, alias);
}

/** Found again by it, and told apart from the application's own. */
export function ownName(table: string, columns: readonly string[]): string {
  const words = [table, ...columns].map((word) => word.replaceAll(/\W+/g, '_').toLowerCase());
  return `runbook_${words.join('_')}`.slice(0, LONGEST_NAME);
}

/** With its names as the schema writes them, or why it cannot be made. */
function knownNames(db: Database.Database, index: IndexSpec): IndexSpec | string {
  const there = columnsOf(db, index.table);
  if (there.length === 0)
    return `Cannot make index "${index.name}": there is no table "${index.table}"`;
  const columns = index.columns.map((column) => there.find((name) => isSame(name, column)));
  const missing = index.columns.find((_, place) => columns[place] === undefined);
  if (missing !== undefined)
    return `Cannot make index "${index.name}": table "${index.table}" has no column "${missing}"`;
  return { ...index, columns: columns as string[] };
}
