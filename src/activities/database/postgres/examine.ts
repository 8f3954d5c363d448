import { ApplicationFailure } from '@temporalio/common';
import { countText } from '../../../config/text/count-text.ts';
import type { PostgresTarget } from '../../../config/schema/target.ts';
import { passing } from '../../../os/failure.ts';
import type { Examination } from '../driver.ts';
import { countOf, fullName, isThere } from './content/read-content.ts';
import { amcheck } from './proof/amcheck.ts';
import type { PostgresConnection } from './server/connection.ts';
import { findDatabase } from './server/databases.ts';
import { isDamage } from './server/failure-for.ts';
import { withClient } from './server/with-client.ts';

type Of = Pick<PostgresTarget, 'database' | 'state'>;

/**
 * Judges the live database by reading: whether it is there, checksums that failed, its key table, and the structure of its indexes where
 * amcheck is installed. Damage is an answer. Errors: `DatabaseLocked`, `PostgresUnreachable`, `PostgresRefused`.
 */
export async function examine(target: Of, connection: PostgresConnection): Promise<Examination> {
  const { via, keyTable } = target.database;
  const live = connection.database;
  const found = await withClient(connection, (client) => findDatabase(client, live), {
    database: via,
  });
  if (!found)
    return { exists: false, ...damaged(`Missing: the server has no database "${live}"`), bytes: 0 };
  const bytes = found.bytes ?? 0;
  if (!found.connectable)
    return {
      exists: true,
      ...unclear('it takes no connections (ALLOW_CONNECTIONS false)'),
      bytes,
    };
  try {
    const seen = await withClient(
      connection,
      async (client) => {
        const { rows } = await client.query<{
          recovery: boolean;
          failures: string;
          tables: string;
        }>(
          `select pg_is_in_recovery() as recovery,
           coalesce((select checksum_failures from pg_stat_database where datname = current_database()), 0)::text as failures,
           (select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema'))::text as tables`,
        );
        const known = await isThere(client, fullName(keyTable));
        return { ...rows[0]!, rows: known ? await countOf(client, keyTable) : undefined };
      },
      { statement: 0, lock: 1000 },
    );
    const judged = await judgementOf(seen);
    return { exists: true, ...judged, bytes };
  } catch (error) {
    if (isDamage(error))
      return { exists: true, ...damaged(`Damaged: ${(error as Error).message}`), bytes };
    if (error instanceof ApplicationFailure && error.type === 'DatabaseLocked')
      throw passing('DatabaseLocked', `Cannot examine "${live}": it is locked`);
    throw error;
  }

  async function judgementOf({
    failures,
    tables,
    recovery,
    rows,
  }: {
    failures: string;
    tables: string;
    recovery: boolean;
    rows: number | undefined;
  }): Promise<Judgement> {
    if (Number(tables) === 0) return damaged('Damaged: it has no tables');
    if (rows === undefined)
      return unclear(
        `it has no table "${keyTable}", which "database.keyTable" names: a migration, another database, or a word mistyped`,
      );
    const counted = `${countText(rows, 'row')} in ${keyTable}${recovery ? '; the server is a replica, or recovers' : ''}`;
    // Of any page since the counters were reset: it may have been repaired, and is no proof of what is there now.
    if (Number(failures) > 0)
      return unclear(
        `${countText(Number(failures), 'checksum failure')} of its pages are on record (pg_stat_database), ${counted}`,
      );
    const { finding, why } = await amcheck(target, connection, 'quick');
    if (finding !== undefined) return damaged(`Damaged: pg_amcheck says ${finding}`);
    return why === undefined
      ? { verdict: 'sound', finding: `Sound by pg_amcheck (no index compared): ${counted}` }
      : {
          verdict: 'sound',
          finding: `Sound as far as it was read (no pg_amcheck, because ${why}): ${counted}`,
        };
  }
}

type Judgement = Pick<Examination, 'verdict' | 'finding'>;

function damaged(finding: string): Judgement {
  return { verdict: 'damaged', finding };
}

function unclear(what: string): Judgement {
  return { verdict: 'unclear', finding: `Cannot be judged here: ${what}` };
}
