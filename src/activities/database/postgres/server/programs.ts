import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { environment } from '../../../../config/environment.ts';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { permanent } from '../../../../os/failure.ts';
import { ensurePrivate } from '../../../../os/files/ensure-private.ts';
import { withScratchFor } from '../../../../os/files/scratch.ts';
import { run } from '../../../../os/process/command.ts';
import { allowedEnvironment } from '../../../../os/process/inherited-environment.ts';
import type { PostgresConnection } from './connection.ts';
import { OUR_NAME } from './with-client.ts';

type Place = Pick<PostgresTarget, 'state' | 'database'>;

/** Where Debian and its like install the programs of each major version. */
const DEBIAN = '/usr/lib/postgresql';

/**
 * A client program of PostgreSQL. Who is asked, and by which password, is in its environment and in a file that only we can read and that is
 * gone afterwards: its arguments are seen by everybody on the machine. Errors: those of `run`, `CommandMissing`.
 */
export async function runProgram(
  target: Place,
  connection: PostgresConnection,
  { name, args, timeout, database = connection.database, major }: Program,
): Promise<{ stdout: string; stderr: string }> {
  const program = findProgram(name, target.database.programs, major);
  ensurePrivate(target.state);
  return withScratchFor(join(target.state, 'postgres'), async (scratch) => {
    const variables = { ...allowedEnvironment([]), ...asked() };
    return run(program, args, { timeout, environment: variables });

    function asked(): NodeJS.ProcessEnv {
      const { host, port, user, password, tls } = connection;
      const secrets = join(scratch, 'passwords');
      writeFileSync(secrets, password === undefined ? '' : `*:*:*:*:${escaped(password)}\n`, {
        mode: 0o600,
      });
      return {
        PGHOST: host,
        PGPORT: `${port}`,
        PGUSER: user,
        PGDATABASE: database,
        PGPASSFILE: secrets,
        // No service file or certificate of whoever runs the worker has a say.
        HOME: scratch,
        PGAPPNAME: OUR_NAME,
        PGCONNECT_TIMEOUT: '10',
        PGTZ: 'UTC',
        LC_ALL: 'C.UTF-8',
        ...(tls && { PGSSLMODE: tls.mode, PGSSLROOTCERT: tls.ca ?? AUTHORITIES }),
      };
    }
  });
}

interface Program {
  readonly name: 'pg_dump' | 'pg_restore' | 'pg_amcheck' | 'pg_dumpall' | 'psql';
  readonly args: readonly string[];
  /** In ms. */
  readonly timeout: number;
  readonly database?: string;
  /** Of the server: an older pg_dump refuses it. */
  readonly major: number;
}

/** Error: `CommandMissing`, which says what to install. */
export function findProgram(name: string, directory: string | undefined, major: number): string {
  const places = directory === undefined ? [...installed(major), ...onPath()] : [directory];
  const found = places.map((place) => join(place, name)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw permanent(
    'CommandMissing',
    `Cannot find "${name}" of PostgreSQL ${major} or newer: install postgresql-client-${major}, or say where it lies in "database.programs"`,
  );
}

/** Those that the machine trusts, as Debian and its like keep them: before version 16 libpq knows no other word for them. */
const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** The server's own version first, then newer ones. */
function installed(major: number): string[] {
  if (!existsSync(DEBIAN)) return [];
  return readdirSync(DEBIAN)
    .map(Number)
    .filter((version) => version >= major)
    .toSorted((a, b) => a - b)
    .map((version) => join(DEBIAN, `${version}`, 'bin'));
}

function onPath(): string[] {
  return environment()
    .path.split(delimiter)
    .filter((place) => place.startsWith('/'));
}

/** See "The Password File" of libpq. */
function escaped(password: string): string {
  return password.replaceAll(/[\\:]/g, String.raw`\$&`);
}
