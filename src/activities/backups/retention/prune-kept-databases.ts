import type { PostgresTarget, Target } from '../../../config/schema/target.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { dropKeptDatabase } from '../../database/postgres/server/kept-databases.ts';
import { listKeptDatabases } from '../raw-copies/kept-databases.ts';
import { quarantineOf, unpinRawCopies } from '../raw-copies/raw-copies.ts';
import { type Circumstances, judgeRaw } from './judge-raw.ts';
import type { Judged } from './retention.ts';

interface JudgedDatabase extends Judged {
  readonly database: string;
}

export interface DatabaseRetention {
  /** Where pins of them are. */
  readonly directory: string;
  readonly raw: true;
  /** The live database, for people. */
  readonly server: string;
  readonly keep: readonly JudgedDatabase[];
  readonly remove: readonly JudgedDatabase[];
  readonly unread?: string;
}

/** What stays and what goes of the databases that runs have put aside on the server. Undefined: there are none. */
export async function planKeptDatabases(
  target: Target,
  circumstances: Circumstances,
): Promise<DatabaseRetention | undefined> {
  const server = await listKeptDatabases(target);
  if (!server || (server.found.length === 0 && server.unread === undefined)) return undefined;
  const { place, found, unread } = server;
  const judge = judgeRaw(target.backups.other.raw, circumstances);
  const judged = found.map((one) => {
    const { id, bytes, name } = one;
    const { stays, why } = judge(one);
    const reason = `${why}: "${name}"`;
    return { stays, one: { id, state: 'raw' as const, bytes, reason, database: name } };
  });
  const those = (stay: boolean) =>
    judged.filter(({ stays }) => stays === stay).map(({ one }) => one);
  return {
    directory: quarantineOf(target),
    raw: true,
    server: place,
    keep: those(true),
    remove: those(false),
    ...(unread !== undefined && { unread }),
  };
}

/** Drops them one by one. What cannot be dropped stays, and says why: no backup fails by it. */
export async function pruneKeptDatabases(
  target: Target,
  { directory, raw, server, keep, remove, unread }: DatabaseRetention,
) {
  const place = { directory, raw, server };
  if (unread !== undefined)
    return {
      ...place,
      deleted: [],
      kept: [],
      refused: `Nothing is dropped from the server, which cannot be asked: ${unread}`,
    };
  const deleted: Judged[] = [];
  const kept: Judged[] = [...keep];
  for (const one of remove) {
    const why = await dropKeptDatabase(target as PostgresTarget, one.database).catch(
      (error: unknown) => failureOf(error).message,
    );
    if (why === undefined) {
      unpinRawCopies(target, one.id);
      deleted.push(one);
    } else kept.push({ ...one, reason: `${one.reason}, but ${why}` });
  }
  return { ...place, deleted, kept };
}
