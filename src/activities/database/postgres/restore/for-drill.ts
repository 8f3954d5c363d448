import type { PostgresTarget } from '../../../../config/schema/target.ts';
import type { Stamp } from '../../../../config/time/stamp.ts';
import type { StoredDatabase } from '../../../artefact/manifest.ts';
import type { Staged } from '../../driver.ts';
import { connectionOf } from '../server/connection.ts';
import { dropDatabase } from '../server/databases.ts';
import { drillName, postgresNames } from '../server/names.ts';
import { withVia } from './keep.ts';
import { restoreProven } from './stage.ts';

/** Restores a backup into a database of the drill's own, beside the live one, and proves it by every row. */
export async function restoreForDrill(
  target: PostgresTarget,
  backup: StoredDatabase,
  stamp: Stamp,
): Promise<Staged> {
  const connection = connectionOf(target);
  const { part } = postgresNames(connection.database, stamp);
  const staged = drillName(connection.database, stamp);
  return restoreProven(target, connection, backup, { part, staged });
}

/** Removes what a drill has restored, with whoever is still in it. */
export async function dropDrill(target: PostgresTarget, stamp: Stamp): Promise<void> {
  const connection = connectionOf(target);
  const { part } = postgresNames(connection.database, stamp);
  await withVia(target, connection, async (client) => {
    await dropDatabase(client, part);
    await dropDatabase(client, drillName(connection.database, stamp));
  });
}
