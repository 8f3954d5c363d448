import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { failureOf } from '../../../../os/failure-of.ts';
import type { PostgresConnection } from '../server/connection.ts';
import { runProgram } from '../server/programs.ts';
import { withClient } from '../server/with-client.ts';

export interface Amchecked {
  /** What is damaged, as pg_amcheck says it. */
  readonly finding?: string;
  /** Why it could not be asked. Neither: all is well. */
  readonly why?: string;
}

/** In ms: it reads all. */
const WITHIN = 4 * 3_600_000;
/** What tells of damage, apart from what tells of rights: by the words of contrib/amcheck and of the server. */
const RIGHTS = /permission denied|must be (owner|superuser)/i;

/** `all`: every index is compared with its table, too. Without the extension, or without the rights, nothing is proven either way. */
export async function amcheck(
  target: Pick<PostgresTarget, 'state' | 'database'>,
  connection: PostgresConnection,
  how: 'quick' | 'all',
): Promise<Amchecked> {
  const { major, installed, may } = await withClient(connection, async (client) => {
    const { rows } = await client.query<{ major: number; installed: boolean; may: boolean }>(
      `select current_setting('server_version_num')::int / 10000 as major,
         exists (select 1 from pg_extension where extname = 'amcheck') as installed,
         coalesce((select bool_or(has_function_privilege(p.oid, 'execute')) from pg_proc p where proname = 'bt_index_check'), false) as may`,
    );
    return rows[0]!;
  });
  if (!installed) return { why: 'its extension amcheck is not installed in this database' };
  if (!may) return { why: 'this user may not run the functions of the extension amcheck' };
  const args = how === 'all' ? ['--heapallindexed'] : [];
  try {
    await runProgram(target, connection, {
      name: 'pg_amcheck',
      args: [...args, '--no-password', '--no-strict-names', '-d', connection.database],
      timeout: WITHIN,
      major,
    });
    return {};
  } catch (error) {
    const { type, message } = failureOf(error);
    if (type !== 'CommandFailed') throw error;
    if (RIGHTS.test(message)) return { why: message.slice(0, 300) };
    // Exit code 2 is damage; all else is that it could not go on.
    if (/exit code 2\b/.test(message)) return { finding: message.slice(-1000) };
    return { why: message.slice(0, 300) };
  }
}
