import type pg from 'pg';
import { ApplicationFailure } from '@temporalio/common';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { failureOf } from '../../../../os/failure-of.ts';
import { permanent } from '../../../../os/failure.ts';
import type { PostgresContent } from '../../copies.ts';
import type { PostgresConnection } from '../server/connection.ts';
import { runProgram } from '../server/programs.ts';
import { expectServerSpace } from '../server/server-disk.ts';
import { identifier, literal } from '../server/with-client.ts';

type Server = PostgresContent['server'];

/** In ms: to load and index some 100 GB. */
const RESTORE_WITHIN = 12 * 3_600_000;

/**
 * Makes the database `name` of the dump in `file`, like the one that was dumped: encoding, locale, owner, and all that is in it. `client` is
 * connected elsewhere.
 *
 * Errors: `RolesMissing`, `NotPermitted`, `NoSpace`, `BackupDamaged`, `CommandFailed`.
 */
export async function restoreInto(
  target: Pick<PostgresTarget, 'state' | 'database'>,
  connection: PostgresConnection,
  client: pg.Client,
  { file, name, server, bytes, backup }: Restoring,
): Promise<void> {
  await expectRoles(client, server, backup);
  await expectServerSpace(client, connection, bytes);
  const { encoding, collate, ctype, icuLocale, owner } = server;
  const icu =
    icuLocale === undefined ? '' : ` locale_provider icu icu_locale ${literal(icuLocale)}`;
  await client.query(
    `create database ${identifier(name)} template template0 encoding ${literal(encoding)}
       lc_collate ${literal(collate)} lc_ctype ${literal(ctype)}${icu} owner ${identifier(owner)}`,
  );
  const { rows } = await client.query<{ major: number }>(
    `select current_setting('server_version_num')::int / 10000 as major`,
  );
  try {
    await runProgram(target, connection, {
      name: 'pg_restore',
      args: ['--exit-on-error', '--no-password', '-j', '2', '-d', name, file],
      timeout: RESTORE_WITHIN,
      database: name,
      major: rows[0]!.major,
    });
  } catch (error) {
    throw failureFor(error, backup);
  }
}

interface Restoring {
  readonly file: string;
  readonly name: string;
  readonly server: Server;
  /** Of the database that was dumped, with its indexes. */
  readonly bytes: number;
  /** Its id, for people. */
  readonly backup: string;
}

/** A dump names them and has none. */
async function expectRoles(client: pg.Client, { roles }: Server, backup: string): Promise<void> {
  const { rows } = await client.query<{ role: string }>(
    'select r as role from unnest($1::text[]) r where not exists (select 1 from pg_roles where rolname = r)',
    [roles],
  );
  if (rows.length === 0) return;
  const names = rows.map(({ role }) => `"${role}"`).join(', ');
  throw permanent(
    'RolesMissing',
    `Backup "${backup}" needs roles that this server does not have: ${names}. Create them first, with CREATE ROLE`,
  );
}

/** What pg_restore says, in English by its environment. */
function failureFor(error: unknown, backup: string): unknown {
  if (!(error instanceof ApplicationFailure) || error.type !== 'CommandFailed') return error;
  const { message } = failureOf(error);
  if (/permission denied|must be (owner|member|superuser|able to SET ROLE)/i.test(message))
    return permanent('NotPermitted', `Cannot restore backup "${backup}": ${message}`);
  if (/No space left|could not extend file/i.test(message))
    return permanent('NoSpace', `No space left on the server for backup "${backup}": ${message}`);
  if (
    /does not appear to be a valid archive|unexpected end of file|did not find magic|could not (read|uncompress)|corrupt/i.test(
      message,
    )
  )
    return permanent('BackupDamaged', `Backup "${backup}" does not pass restore: ${message}`);
  return error;
}
