import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { connectionOf } from '../server/connection.ts';
import { withClient } from '../server/with-client.ts';

/** What tells the live server's cluster from every other one. Undefined: it cannot be asked, as when it is down. */
export async function liveIdentifier(target: PostgresTarget): Promise<string | undefined> {
  try {
    return await withClient(connectionOf(target), async (client) => {
      const { rows } = await client.query<{ id: string }>(
        'select system_identifier::text as id from pg_control_system()',
      );
      return rows[0]?.id;
    });
  } catch {
    return undefined;
  }
}
