import { chmodSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { PostgresTarget } from '../../../config/schema/target.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { passing, permanent } from '../../../os/failure.ts';
import type { PostgresContent } from '../copies.ts';
import { fullName, readContent } from './content/read-content.ts';
import { schemaHashOf, schemaLines } from './content/schema-lines.ts';
import { settingsOf } from './content/settings-of.ts';
import type { PostgresConnection } from './server/connection.ts';
import { runProgram } from './server/programs.ts';
import { withClient } from './server/with-client.ts';

/** In ms: a dump of some 100 GB. */
const DUMP_WITHIN = 6 * 3_600_000;

/**
 * Dumps a database into the file `to`, as of one moment, while the application writes to it: pg_dump reads in the snapshot in which all
 * rows are counted and hashed. The server's statement limit does not count here.
 *
 * Errors: `DatabaseCorrupt` when the server finds a damaged page, `CopyDiffers` when somebody changed a definition meanwhile.
 */
export async function copyLive(
  target: Pick<PostgresTarget, 'state' | 'database'>,
  connection: PostgresConnection,
  to: string,
  database: string = connection.database,
): Promise<{ readonly postgres: PostgresContent }> {
  const { keyTable } = target.database;
  return withClient(
    connection,
    async (client) => {
      await client.query('begin transaction isolation level repeatable read, read only');
      const { rows } = await client.query<{ id: string; major: number; bytes: string }>(
        `select pg_export_snapshot() as id, current_setting('server_version_num')::int / 10000 as major,
           pg_database_size(current_database())::text as bytes`,
      );
      const { id, major, bytes } = rows[0]!;
      const dumped = await bothOf(
        runProgram(target, connection, {
          name: 'pg_dump',
          // Our own compression and encryption follow; it fails rather than waits for who changes a table's definition.
          args: [
            '-Fc',
            '-Z0',
            `--snapshot=${id}`,
            '--lock-wait-timeout=30s',
            '--no-password',
            '-f',
            to,
          ],
          timeout: DUMP_WITHIN,
          database,
          major,
        }),
        readContent(client, keyTable),
      );
      const dumpedBy = await versionOf(target, connection, major);
      const server = await settingsOf(client, dumpedBy);
      await client.query('commit');
      await expectSameSchema(client, dumped.schemaHash);
      const { schemaHash, contentHash, tables, hashes } = dumped;
      const name = fullName(keyTable);
      if (tables[name] === undefined)
        throw permanent(
          'DatabaseUnclear',
          `There is no table "${name}", which "database.keyTable" names: a migration, another database, or a word mistyped`,
        );
      chmodSync(to, 0o600);
      if (statSync(to).size === 0) throw passing('CopyFailed', `pg_dump wrote nothing to "${to}"`);
      return {
        postgres: {
          schemaHash,
          contentHash,
          tables: { ...tables },
          hashes: { ...hashes },
          keyTable: name,
          databaseBytes: Number(bytes),
          server,
        },
      };
    },
    { database, statement: 0, lock: 30_000 },
  );
}

/** In ms: what fails for one reason fails for both at about the same time. */
const SOON = 1000;

/**
 * What the server says to us is clearer than what pg_dump makes of it. pg_dump is waited for in any case, so that none is left working; a
 * reading whose dump has failed ends with its connection.
 */
async function bothOf<Content>(
  dump: Promise<unknown>,
  reading: Promise<Content>,
): Promise<Content> {
  const why = reading.then(
    () => undefined,
    (error: unknown) => error,
  );
  try {
    await dump;
  } catch (error) {
    throw (await Promise.race([why, sleep(SOON)])) ?? dumpFailure(error);
  }
  return reading;
}

/** What pg_dump says, in English by its environment. */
function dumpFailure(error: unknown): unknown {
  const { type, message } = failureOf(error);
  if (type !== 'CommandFailed') return error;
  if (/permission denied|row-level security/i.test(message))
    return permanent('NotPermitted', `${message}. See "Rights" in docs/postgres.md`);
  return /No space left/i.test(message) ? permanent('NoSpace', message) : error;
}

async function versionOf(
  target: Pick<PostgresTarget, 'state' | 'database'>,
  connection: PostgresConnection,
  major: number,
): Promise<string> {
  const asked = { name: 'pg_dump', args: ['--version'], timeout: 10_000, major } as const;
  return (await runProgram(target, connection, asked)).stdout.trim().slice(0, 200);
}

/** The catalog is read as it is now, whatever the snapshot: what was changed between the two readings is in one of them only. */
async function expectSameSchema(client: pg.Client, before: string): Promise<void> {
  if (schemaHashOf(await schemaLines(client)) !== before)
    throw passing('CopyDiffers', 'A definition was changed while the database was dumped');
}
