import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { partitionPlan } from '../../../../activities/database/postgres/growth/partitions.ts';
import { pgbouncerPlan } from '../../../../activities/database/postgres/growth/pgbouncer.ts';
import { replicaPlan } from '../../../../activities/database/postgres/growth/replica.ts';
import { readServerFacts } from '../../../../activities/database/postgres/growth/server-facts.ts';
import { connectionOf } from '../../../../activities/database/postgres/server/connection.ts';
import { withClient } from '../../../../activities/database/postgres/server/with-client.ts';
import { serverRelations } from '../../../../activities/database/postgres/look/relations.ts';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { UsageError } from '../../../../config/usage-error.ts';
import { print, printJson, say } from '../../../output/say.ts';
import type { DbOptions } from '../db.ts';
import { relationNamed } from './relation-named.ts';

/**
 * Writes what a database needs that grows, for people to read and to type: PgBouncer's configuration, a replica, and, of a table that is named, its
 * partitions. Nothing on the server is changed.
 */
export async function writeGrowth(
  target: PostgresTarget,
  table: string | undefined,
  { output, by, json }: DbOptions,
): Promise<void> {
  const directory = resolve(output!);
  const connection = connectionOf(target);
  const { users } = target.database.application;
  const relation =
    table === undefined ? undefined : relationNamed(await serverRelations(target), table);
  const files = await withClient(connection, async (client) => {
    const facts = await readServerFacts(client);
    const pooling = pgbouncerPlan({ connection, facts, users, version: installedVersion() });
    const { server, replica } = replicaPlan(connection, facts);
    return {
      'pgbouncer.ini': pooling.ini,
      'users.sql': pooling.users,
      'replica.sql': server,
      'replica.sh': replica,
      ...(relation && {
        'partitions.sql': await partitionPlan(client, relation.schema, relation.table, by),
      }),
    };
  });
  mkdirSync(directory, { recursive: true });
  const paths = Object.keys(files).map((name) => join(directory, name));
  const there = paths.find((path) => existsSync(path));
  if (there !== undefined)
    throw new UsageError(`"${there}" is there already`, '--output <another directory>');
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(directory, name), text, { flag: 'wx' });
  if (json) return printJson({ files: paths });
  print(paths.join('\n'));
  say('Nothing was changed: read each, practise it on a restored copy, and then do as it says');
}

/** Undefined: it is not installed here. */
function installedVersion(): string | undefined {
  try {
    const text = execFileSync('pgbouncer', ['--version'], { encoding: 'utf8', timeout: 5000 });
    return /PgBouncer (\d+(?:\.\d+)+)/.exec(text)?.[1];
  } catch {
    return undefined;
  }
}
