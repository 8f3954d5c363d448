import type { PostgresTarget } from '../../../../config/schema/target.ts';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { permanent } from '../../../../os/failure.ts';
import type { Changed, CleanedUp } from '../../driver.ts';
import type { PostgresConnection } from '../server/connection.ts';
import { dropDatabase, findDatabase } from '../server/databases.ts';
import { postgresNames } from '../server/names.ts';
import { identifier } from '../server/with-client.ts';
import { closed, unkeep, withVia } from './keep.ts';
import { readKeptNote, removeKeptNote } from './kept-note.ts';
import { unstage } from './stage.ts';

type Of = Pick<PostgresTarget, 'database' | 'state'>;

/**
 * Brings back what was live before the swap, in one transaction. Rows may have been written to the restored one: it stays under a name of
 * its own. Errors: `DatabaseInUse`, `UndoneExists`.
 */
export async function putBack(
  target: Of,
  connection: PostgresConnection,
  stamp: Stamp,
): Promise<Changed> {
  const live = connection.database;
  const { kept, undone } = postgresNames(live, stamp);
  const note = readKeptNote(target, stamp);
  if (!note) return { changed: false };
  const swapped = await withVia(target, connection, async (client) => {
    const now = await findDatabase(client, live);
    const before = await findDatabase(client, kept);
    if (note.live === undefined ? !now : now?.token === note.live || !before) return undefined;
    if (now) {
      if (await findDatabase(client, undone))
        throw permanent('UndoneExists', `Cannot keep "${live}": there is another "${undone}"`);
      await closed(target, client, live);
    }
    if (before) await closed(target, client, kept);
    await client.query('begin');
    if (now) {
      await client.query(`alter database ${identifier(live)} rename to ${identifier(undone)}`);
      await client.query(`alter database ${identifier(undone)} allow_connections true`);
    }
    if (before) {
      await client.query(`alter database ${identifier(kept)} rename to ${identifier(live)}`);
      await client.query(
        `alter database ${identifier(live)} allow_connections ${note.connectable}`,
      );
    }
    await client.query('commit');
    removeKeptNote(target, stamp);
    return { changed: true };
  });
  return swapped ?? unkeep(target, connection, stamp);
}

/** Puts right what a run left incomplete that can undo nothing any more. What it had swapped in stays. */
export async function cleanUp(
  target: Of,
  connection: PostgresConnection,
  stamp: Stamp,
): Promise<CleanedUp> {
  const { kept } = postgresNames(connection.database, stamp);
  const opened = await unkeep(target, connection, stamp);
  const staged = await unstage(target, connection, stamp);
  const stays = await withVia(target, connection, (client) => findDatabase(client, kept));
  removeKeptNote(target, stamp);
  return { changed: opened.changed || staged.changed, ...(stays && { kept }) };
}

/** Removes what `keep` kept, when a backup has it. */
export async function removeKept(
  target: Of,
  connection: PostgresConnection,
  stamp: Stamp,
): Promise<void> {
  const { kept } = postgresNames(connection.database, stamp);
  await withVia(target, connection, (client) => dropDatabase(client, kept));
  removeKeptNote(target, stamp);
}
