import { nearest } from '../../../../config/nearest.ts';
import { plainLine } from '../../../../config/text/plain-text.ts';
import { UsageError } from '../../../../config/usage-error.ts';

interface Named {
  readonly name: string;
  /** On a server, where its whole name is another one. */
  readonly schema?: string;
  readonly table?: string;
}

/**
 * The table or view that a person means. In a file names are the same in small and capital letters; on a server one may be said with its schema.
 * Error: `UsageError` with the nearest.
 */
export function relationNamed<One extends Named>(relations: readonly One[], name: string): One {
  const found =
    relations.find((one) => one.name === name) ?? relations.find((one) => isMeant(one, name));
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

function isMeant({ name, schema, table }: Named, said: string): boolean {
  if (schema === undefined) return name.toLowerCase() === said.toLowerCase();
  return `${schema}.${table}` === said;
}
