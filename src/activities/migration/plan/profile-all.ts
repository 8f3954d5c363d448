import type { Source } from '../source/open-source.ts';
import type { Plan } from './plan.ts';
import { profileTable, type TableProfile } from './profile.ts';
import { type Found, triedWith } from './propose.ts';

/** What is in each table, one scan for each, and what refers to no row. */
export function profileAll(source: Source, before: Plan | undefined): Found {
  const { schema } = source;
  const profiles: Record<string, TableProfile> = {};
  const orphans: Record<string, ReadonlyMap<number, number>> = {};
  for (const table of schema.tables) {
    profiles[table.name] = profileTable(
      source,
      table,
      (column) => triedWith(table, column, before) ?? 'text',
    );
    orphans[table.name] =
      table.foreignKeys.length === 0 ? new Map() : orphansOf(source, table.name);
  }
  return { schema, profiles, orphans };
}

/** By foreign key. One that SQLite itself cannot follow has none that are known, and is a question for another reason. */
function orphansOf({ db }: Source, table: string): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  try {
    const statement = db.prepare('select fkid from pragma_foreign_key_check(?)');
    for (const key of statement.pluck().iterate(table) as Iterable<number>)
      counts.set(key, (counts.get(key) ?? 0) + 1);
  } catch {
    // "foreign key mismatch": the parent has no such key.
  }
  return counts;
}
