import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { SAMPLE_TABLE } from '../../src/dev/demo/sample-database.ts';
import type { Ending } from '../../src/engine/run/ending.ts';
import { withDatabase } from './live-database.ts';

export interface Maintained {
  readonly bytes: { readonly before: number; readonly after: number };
  readonly freePages: { readonly before: number; readonly after: number };
  readonly compacted: boolean;
  readonly why: string;
  readonly downtimeMilliseconds: number;
}

export const OFFLINE = ['stop', 'compact', 'start', 'test'];

export function stateOf({ ledger }: Ending, ...ids: string[]): string[] {
  return ids.map((id) => ledger.find((line) => line.id === id)!.state);
}

export function noteOf({ ledger }: Ending, id: string): string | undefined {
  return ledger.find((line) => line.id === id)!.note;
}

/** Rows that the application was told are written have numbers without a gap. */
export function gapsIn(target: SqliteTarget): number {
  return count(target, 'max(id) - count(*)');
}

export function rowsIn(target: SqliteTarget): number {
  return count(target, 'count(*)');
}

function count(target: SqliteTarget, what: string): number {
  return withDatabase(
    target,
    (db) => db.prepare(`select ${what} from ${SAMPLE_TABLE}`).pluck().get() as number,
  );
}

/** What the run must not leave beside the database. */
export function leftBeside({ database }: SqliteTarget): string[] {
  const name = basename(database.file);
  return readdirSync(dirname(database.file)).filter((file) => file.startsWith(`${name}.`));
}
