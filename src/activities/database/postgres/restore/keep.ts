import type pg from 'pg';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import type { Stamp } from '../../../../config/time/stamp.ts';
import type { Changed, Kept } from '../../driver.ts';
import type { PostgresConnection } from '../server/connection.ts';
import { expectEmpty, findDatabase, type Session } from '../server/databases.ts';
import { postgresNames } from '../server/names.ts';
import { identifier, withClient } from '../server/with-client.ts';
import { readKeptNote, removeKeptNote, writeKeptNote } from './kept-note.ts';

type Of = Pick<PostgresTarget, 'database' | 'state'>;

/**
 * Closes the live database: nobody may connect to it any more, and nobody is. It gets its other name in `swap`, in one transaction with the
 * one that takes its place, so that there is never none of that name. Error: `DatabaseInUse`.
 */
export async function keep(
  target: Of,
  connection: PostgresConnection,
  stamp: Stamp,
): Promise<Kept> {
  const live = connection.database;
  const { kept } = postgresNames(live, stamp);
  return withVia(target, connection, async (client) => {
    const note = readKeptNote(target, stamp);
    // An attempt before this one may have been followed by the swap already.
    if (note && (await findDatabase(client, kept))) return { file: kept, changed: false };
    const found = await findDatabase(client, live);
    if (!note)
      writeKeptNote(target, stamp, {
        ...(found && { live: found.token }),
        connectable: found?.connectable ?? true,
      });
    if (!found) return { changed: !note };
    await closed(target, client, live);
    return { file: kept, changed: found.connectable };
  });
}

/** Nobody may connect, and nobody is connected. Reopened where that cannot be had. Error: `DatabaseInUse`. */
export async function closed(target: Of, client: pg.Client, name: string): Promise<void> {
  await allow(client, name, false);
  try {
    await expectEmpty(client, name, isApplication(target));
  } catch (error) {
    await allow(client, name, true);
    throw error;
  }
}

/** Its application is stopped by now: what is left of its connections is a pool's. */
export function isApplication({ database }: Pick<PostgresTarget, 'database'>) {
  const { users, names } = database.application;
  return ({ user, name }: Pick<Session, 'user' | 'name'>): boolean =>
    users.includes(user) || names.includes(name);
}

/** Opens it again, unless it was replaced, or closed by somebody before us. */
export async function unkeep(
  target: Of,
  connection: PostgresConnection,
  stamp: Stamp,
): Promise<Changed> {
  const note = readKeptNote(target, stamp);
  if (!note) return { changed: false };
  return withVia(target, connection, async (client) => {
    const found = await findDatabase(client, connection.database);
    if (note.live !== undefined && found?.token === note.live) {
      const changed = note.connectable && !found.connectable;
      if (changed) await allow(client, connection.database, true);
      removeKeptNote(target, stamp);
      return { changed };
    }
    if (note.live === undefined && !found) removeKeptNote(target, stamp);
    return { changed: false };
  });
}

async function allow(client: pg.Client, name: string, yes: boolean): Promise<void> {
  await client.query(`alter database ${identifier(name)} allow_connections ${yes}`);
}

/** Connected to the database that is there for this: one that is connected to cannot be renamed. */
export function withVia<Result>(
  { database }: Pick<PostgresTarget, 'database'>,
  connection: PostgresConnection,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  return withClient(connection, use, { database: database.via });
}
