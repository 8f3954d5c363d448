import type { Relation } from '../../../../activities/database/sqlite/look/relations.ts';
import { nearest } from '../../../../config/nearest.ts';
import { plainLine } from '../../../../config/text/plain-text.ts';
import { UsageError } from '../../../../config/usage-error.ts';

/** The table or view that a person means: names are the same in small and capital letters. Error: `UsageError` with the nearest. */
export function relationNamed(relations: readonly Relation[], name: string): Relation {
  const same = (one: Relation) => one.name.toLowerCase() === name.toLowerCase();
  const found = relations.find((one) => one.name === name) ?? relations.find(same);
  if (found) return found;
  const close = nearest(
    name,
    relations.map((one) => one.name),
  );
  throw new UsageError(
    `Cannot find table "${plainLine(name, 200)}"${close ? `: did you mean "${plainLine(close, 200)}"?` : ''}`,
    'runbook target db <target> tables',
  );
}
