import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { Stamp } from '../../../../config/time/stamp.ts';
import { connectionOf } from './connection.ts';
import { databasesLike, findDatabase, sessionsOn } from './databases.ts';
import { drillName, postgresNames, VERIFY } from './names.ts';
import { identifier, withClient } from './with-client.ts';

/** A database beside the live one that runs have put there. */
export interface KeptDatabase {
  /** The stamp of the run; of what proves a backup, that of the backup. */
  readonly id: Stamp;
  /** `staged`: of a backup that is there anyway. The others may hold rows that no backup has. */
  readonly sort: 'replaced' | 'undone' | 'staged';
  readonly name: string;
  /** 0 where this role may not connect to it. */
  readonly bytes: number;
}

const STAMP = /_(?:pre|undone|stage|part|drill)_(\d{8}_\d{6})$/;

/** All of them, by their names, the newest first. Errors: those of `withClient`. */
export async function keptDatabases(target: PostgresTarget): Promise<KeptDatabase[]> {
  const connection = connectionOf(target);
  const live = connection.database;
  const found = await withClient(
    connection,
    async (client) => {
      const names = [
        ...(await databasesLike(client, STAMP)),
        ...(await databasesLike(client, VERIFY)),
      ];
      const kept: KeptDatabase[] = [];
      for (const one of names.flatMap((name) => ourName(live, name) ?? []))
        kept.push({ ...one, bytes: (await findDatabase(client, one.name))?.bytes ?? 0 });
      return kept;
    },
    { database: target.database.via },
  );
  return found.toSorted((a, b) => b.id.localeCompare(a.id) || a.name.localeCompare(b.name));
}

/** Another target's may begin like ours: it has to be the very name that a run gives. */
function ourName(live: string, name: string): Omit<KeptDatabase, 'bytes'> | undefined {
  if (!name.startsWith(live)) return undefined;
  const rest = name.slice(live.length);
  const proving = /^_verify_(\d{8}_\d{6})_[0-9a-f]{6}$/.exec(rest)?.[1];
  const id = Stamp.safeParse(proving ?? STAMP.exec(rest)?.[1]).data;
  if (id === undefined) return undefined;
  if (proving !== undefined) return { id, sort: 'staged', name };
  const { kept, undone, staged, part } = postgresNames(live, id);
  if (name === kept) return { id, sort: 'replaced', name };
  if (name === undone) return { id, sort: 'undone', name };
  const made = [staged, part, drillName(live, id)];
  return made.includes(name) ? { id, sort: 'staged', name } : undefined;
}

/** Drops one of them, unless somebody is connected to it: answers who, as text. */
export async function dropKeptDatabase(
  target: PostgresTarget,
  name: string,
): Promise<string | undefined> {
  const connection = connectionOf(target);
  if (!ourName(connection.database, name)) return 'it is none of this target';
  return withClient(
    connection,
    async (client) => {
      const [session] = await sessionsOn(client, name);
      if (session)
        return `"${session.name}" of ${session.user} is connected to it (backend ${session.pid})`;
      // Never by force: whoever connects in this moment looks into it.
      await client.query(`drop database if exists ${identifier(name)}`);
      return undefined;
    },
    { database: target.database.via, statement: 0 },
  );
}
