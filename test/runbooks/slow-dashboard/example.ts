import { appendFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Example } from '../../faults/example.ts';

/** What an application logs that looks for one value among all. */
export const SLOW = 'SLOW QUERY 812 ms: select region, note from measurements where value = 47.5\n';
export const INDEX = 'runbook_measurements_value';

export function logSlow({ runtime }: SqliteTarget, text = SLOW): void {
  if (runtime.kind === 'process') appendFileSync(runtime.log, text);
}

export function hasIndex({ database }: SqliteTarget, name = INDEX): boolean {
  const db = new Database(database.file, { readonly: true });
  try {
    return db.prepare(`select 1 from sqlite_schema where name = ?`).get(name) !== undefined;
  } finally {
    db.close();
  }
}

export const example: Example = {
  input: () => ({ create: 'yes' }),
  async prepare(world) {
    logSlow(world);
  },
  calls: ['evidence.keep', 'database.createIndex'],
  // performance-degraded plays the other.
  played: ['database.createIndex'],
  undone: { by: 'database.createIndex', calls: ['database.dropIndex'] },
  sample: { 'failed after its effect': 'database.createIndex' },
  // Where it is there already, none is made a second time.
  database: 'kept',
  made: (world) => hasIndex(world),
};
