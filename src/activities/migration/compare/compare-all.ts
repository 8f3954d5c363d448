import type { Client } from 'pg';
import { permanent } from '../../../os/failure.ts';
import { countText } from '../../../config/text/count-text.ts';
import { compareTable, type Comparison } from './compare-table.ts';
import { differenceText } from './name-differences.ts';
import type { ResolvedTable } from '../plan/resolve.ts';
import type { Source } from '../source/open-source.ts';

/** Compares each table with its copy. */
export async function compareAll(
  source: Source,
  client: Client,
  tables: readonly ResolvedTable[],
): Promise<Comparison[]> {
  const all: Comparison[] = [];
  for (const table of tables) all.push(await compareTable(source, client, table));
  return all;
}

const MAX_NAMED = 5;

/** Demands that all are equal. Error: `MigrationDiffers`, with the first rows that are not. */
export function expectEqual(all: readonly Comparison[]): void {
  const wrong = all.filter(({ equal }) => !equal);
  if (wrong.length === 0) return;
  const named = wrong.flatMap(({ differences }) => differences.map(differenceText));
  throw permanent(
    'MigrationDiffers',
    `${countText(wrong.length, 'table')} in PostgreSQL differ${wrong.length === 1 ? 's' : ''} from SQLite: ${named.slice(0, MAX_NAMED).join('; ')}${named.length > MAX_NAMED ? '; and more' : ''}`,
  );
}

export function hashesOf(all: readonly Comparison[]): Record<string, Comparison['hash']> {
  return Object.fromEntries(all.map(({ table, hash }) => [table, hash]));
}
