import type pg from 'pg';
import type { Unproven } from '../../../../config/unproven.ts';
import type { PostgresContent } from '../../copies.ts';
import { identifier, literal } from '../server/with-client.ts';

type Server = PostgresContent['server'];

/** Values that are lists of names, each quoted by itself: https://www.postgresql.org/docs/current/sql-alterdatabase.html */
const LISTS = /^(search_path|temp_tablespaces|(session|shared|local)_preload_libraries)$/;

/**
 * Gives a restored database what its dump does not have: settings, rights, and its connection limit. What may not be given is told, and
 * keeps nothing from being restored.
 */
export async function settingsBack(
  client: pg.Client,
  name: string,
  { settings, grants, owner, connectionLimit }: Server,
): Promise<Unproven[]> {
  const database = identifier(name);
  const refused: Unproven[] = [];
  const attempt = async (what: string, statement: string) => {
    try {
      await client.query(statement);
    } catch (error) {
      const why = `${what} could not be given back: ${(error as Error).message}`;
      refused.push({ check: 'settings', why: why.slice(0, 300) });
    }
  };
  for (const { role, set } of settings) {
    const at = set.indexOf('=');
    const [key, value] = [set.slice(0, at), set.slice(at + 1)];
    const who =
      role === undefined
        ? `alter database ${database}`
        : `alter role ${identifier(role)} in database ${database}`;
    await attempt(`"${key}"`, `${who} set ${keyText(key)} to ${valueText(key, value)}`);
  }
  await attempt('The rights of public', `revoke all on database ${database} from public`);
  for (const { role, privilege } of grants.filter((grant) => grant.role !== owner))
    if (/^[A-Z]+$/.test(privilege))
      await attempt(
        `${privilege} of ${role}`,
        `grant ${privilege} on database ${database} to ${role === 'public' ? 'public' : identifier(role)}`,
      );
  if (connectionLimit >= 0)
    await attempt(
      'The connection limit',
      `alter database ${database} connection limit ${connectionLimit}`,
    );
  return refused;
}

/** `name`, or `extension.name`. */
function keyText(key: string): string {
  return key
    .split('.')
    .map((part) => identifier(part))
    .join('.');
}

/** Whatever a manifest says, it stays a value. */
function valueText(key: string, value: string): string {
  if (!LISTS.test(key)) return literal(value);
  const parts = value.match(/"(?:[^"]|"")*"|[^,\s"]+/g) ?? [];
  const names = parts.map((part) =>
    part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part,
  );
  return names.length === 0 ? `''` : names.map((name) => literal(name)).join(', ');
}
