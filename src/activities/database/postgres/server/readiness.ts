import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { countText } from '../../../../config/text/count-text.ts';
import { inMebibytes } from '../../../../os/files/disk-space.ts';
import { failureOf } from '../../../../os/failure-of.ts';
import { connectionOf, connectionText } from './connection.ts';
import { keptDatabases } from './kept-databases.ts';
import { findProgram } from './programs.ts';
import { withClient } from './with-client.ts';

/** One thing that runbooks need of a server, and whether it is there. */
export interface Readiness {
  readonly state: 'ok' | 'missing' | 'optional';
  readonly finding: string;
  readonly hint?: string;
}

interface Row {
  readonly version: string;
  readonly major: number;
  readonly creates: boolean;
  readonly owns: boolean;
  readonly owner: string;
  readonly signals: boolean;
  readonly monitors: boolean;
  readonly checks: boolean;
}

const ROLE = `select current_setting('server_version') as version,
  current_setting('server_version_num')::int / 10000 as major,
  (select rolcreatedb or rolsuper from pg_roles where rolname = current_user) as creates,
  pg_has_role(d.datdba, 'usage') as owns, pg_get_userbyid(d.datdba) as owner,
  pg_has_role('pg_signal_backend', 'usage') as signals, pg_has_role('pg_monitor', 'usage') as monitors,
  exists (select 1 from pg_extension where extname = 'amcheck') as checks
from pg_database d where d.datname = current_database()`;

const RIGHTS = 'docs/postgres.md#rights';

/** Whether a server lets runbooks do what they have to, for `doctor`: programs, rights, and what is checked only where it is installed. */
export async function readinessOf(target: PostgresTarget): Promise<Readiness[]> {
  try {
    const connection = connectionOf(target);
    const found = await withClient(
      connection,
      async (client) => (await client.query<Row>(ROLE)).rows[0]!,
    );
    const { version, major, creates, owns, owner, signals, monitors, checks } = found;
    const line = (is: boolean, finding: string, hint: string): Readiness[] =>
      is ? [] : [{ state: 'missing', finding, hint }];
    return [
      { state: 'ok', finding: `${connectionText(connection)}, version ${version}` },
      ...programs(target, major),
      ...line(creates, `"${connection.user}" has no CREATEDB: no backup can be proven`, RIGHTS),
      ...line(owns, `"${connection.user}" is no member of the owner "${owner}"`, RIGHTS),
      ...line(signals, `"${connection.user}" is no member of pg_signal_backend`, RIGHTS),
      ...line(monitors, `"${connection.user}" is no member of pg_monitor`, RIGHTS),
      ...(checks
        ? []
        : [
            {
              state: 'optional' as const,
              finding: 'Indexes are not checked: the extension amcheck is not installed',
              hint: RIGHTS,
            },
          ]),
      ...(await keptOnes(target)),
    ];
  } catch (error) {
    const { message } = failureOf(error);
    return [{ state: 'missing', finding: message, hint: RIGHTS }];
  }
}

/** They take space, and are told wherever somebody looks for what is wrong. */
async function keptOnes(target: PostgresTarget): Promise<Readiness[]> {
  const kept = await keptDatabases(target);
  if (kept.length === 0) return [];
  const bytes = kept.reduce((sum, one) => sum + one.bytes, 0);
  const what = countText(kept.length, 'database');
  const finding = `Runs have left ${what} beside it, ${inMebibytes(bytes)}`;
  return [{ state: 'optional', finding, hint: `runbook backups list --target ${target.name}` }];
}

function programs({ database }: PostgresTarget, major: number): Readiness[] {
  try {
    findProgram('pg_dump', database.programs, major);
    findProgram('pg_restore', database.programs, major);
    return [];
  } catch (error) {
    return [
      {
        state: 'missing',
        finding: (error as Error).message,
        hint: `apt-get install postgresql-client-${major}`,
      },
    ];
  }
}
