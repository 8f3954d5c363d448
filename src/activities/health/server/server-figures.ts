import { countText } from '../../../config/text/count-text.ts';
import { databaseText } from '../../../config/load/database-text.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import type { PostgresTarget } from '../../../config/schema/target.ts';
import type { Figure } from '../../../figures/figure.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { connectionOf } from '../../database/postgres/server/connection.ts';
import { withClient } from '../../database/postgres/server/with-client.ts';
import { growth } from '../database/growth.ts';
import { limitsOf } from '../judging/judged.ts';
import { measured, notApplicable, type Sampling, unknown } from '../sampling.ts';
import { type ServerFacts, serverFacts } from './server-facts.ts';

/** Of the 2^31 transaction ids: the server warns at 40 million before the end, and refuses to write at 3 million. */
const XID = { warning: 0.3, critical: 0.7 };
const SESSIONS = { warning: 0.8, critical: 0.95 };
/** In seconds: a transaction that is open so long keeps VACUUM from all that was deleted since. */
const OLD = 3600;
/** Of log that is kept for a slot which nobody reads. */
const SLOT = { warning: 1024 ** 3, critical: 10 * 1024 ** 3 };
/** A sample waits no longer for one statement, in ms. */
const STATEMENT = 10_000;

/** All that is measured of a PostgreSQL database, over one connection. */
export async function serverFigures(sampling: Sampling): Promise<readonly Figure[]> {
  const target = sampling.target as PostgresTarget;
  const source = databaseText(target.database);
  try {
    const options = { statement: STATEMENT, lock: 500 };
    const facts = await withClient(
      connectionOf(target),
      (client) => serverFacts(client, target),
      options,
    );
    return figuresOf(sampling, target, source, facts);
  } catch (error) {
    const { type, message } = failureOf(error);
    // Who has it is a finding of its own, and a slow answer is none.
    const why = `Not read: ${message}`;
    if (type === 'DatabaseLocked' || /statement timeout/.test(message))
      return [
        unknown(sampling, 'data.rows', 'count', source, why),
        unknown(sampling, 'data.query', 'seconds', source, why),
        unknown(sampling, 'database.size', 'bytes', source, why),
      ];
    return [
      measured(
        sampling,
        'data.rows',
        { value: 0, unit: 'count', source, note: `The data cannot be read: ${message}` },
        { verdict: 'critical', limit: 'critical without rows' },
      ),
      unknown(sampling, 'data.query', 'seconds', source, 'The data cannot be read'),
      unknown(sampling, 'database.size', 'bytes', source, 'The data cannot be read'),
    ];
  }
}

function figuresOf(
  sampling: Sampling,
  target: PostgresTarget,
  source: string,
  facts: ServerFacts,
): Figure[] {
  const { rows, querySeconds, bytes, dead, live } = facts;
  const share = dead / Math.max(1, dead + live);
  const used = facts.age / 2 ** 31;
  const connected = facts.connections / Math.max(1, facts.maxConnections);
  const wait = inMilliseconds(target.database.locks.wait) / 1000;
  const figure = (
    name: string,
    [value, unit, note]: [number, Figure['unit'], string],
    judge?: Parameters<typeof measured>[3],
  ) => measured(sampling, name, { value, unit, source, note }, judge);
  const percent = (part: number) => `${(part * 100).toFixed(1)} %`;
  return [
    figure(
      'data.rows',
      [
        rows,
        'count',
        rows === 0
          ? 'There are no rows'
          : `${facts.about ? 'About ' : ''}${countText(Math.round(rows), 'row')}`,
      ],
      { verdict: rows === 0 ? 'critical' : 'ok', limit: 'critical without rows' },
    ),
    figure(
      'data.query',
      [querySeconds, 'seconds', `${(querySeconds * 1000).toFixed(1)} ms to read the key table`],
      limitsOf(target, 'queryTime'),
    ),
    figure('database.size', [bytes, 'bytes', inMebibytes(bytes)], limitsOf(target, 'databaseSize')),
    facts.walBytes === undefined
      ? unknown(
          sampling,
          'database.log',
          'bytes',
          'pg_ls_waldir',
          'This user is no member of pg_monitor',
        )
      : figure('database.log', [
          facts.walBytes,
          'bytes',
          `${inMebibytes(facts.walBytes)} of the whole server`,
        ]),
    growth(sampling, bytes),
    figure('database.free', [share, 'ratio', `${percent(share)} of its rows are dead`]),
    notApplicable(sampling, 'database.mode', 'count', source, "Its files are the server's"),
    figure(
      'database.waits',
      [
        facts.waits,
        'seconds',
        facts.waiting === undefined
          ? 'Nobody waits for a lock'
          : `${facts.waiting} waits for a lock`,
      ],
      judgedBy(
        facts.waits,
        { warning: wait / 2, critical: wait },
        `critical above ${target.database.locks.wait}`,
      ),
    ),
    figure(
      'database.reader',
      [
        facts.eldest,
        'seconds',
        facts.eldestOf === undefined
          ? 'No transaction is open'
          : `The eldest transaction is that of ${facts.eldestOf}`,
      ],
      { verdict: facts.eldest > OLD ? 'warning' : 'ok', limit: 'warning above 1h' },
    ),
    figure(
      'database.connections',
      [connected, 'ratio', `${facts.connections} of ${facts.maxConnections} connections`],
      judgedBy(connected, SESSIONS, 'critical above 95 %'),
    ),
    figure(
      'database.xid',
      [used, 'ratio', `${percent(used)} of the transaction ids are used`],
      judgedBy(used, XID, 'critical above 70 %'),
    ),
    figure(
      'database.checksums',
      [
        facts.checksumFailures,
        'count',
        facts.checksumFailures === 0
          ? 'No page failed its checksum'
          : `${countText(facts.checksumFailures, 'page')} failed the checksum`,
      ],
      { verdict: facts.checksumFailures > 0 ? 'critical' : 'ok', limit: 'critical from 1' },
    ),
    archiver(),
    slots(),
  ];

  function archiver(): Figure {
    const name = 'database.archiver';
    const { archiver: seen } = facts;
    if (!seen)
      return notApplicable(sampling, name, 'seconds', 'pg_stat_archiver', 'archive_mode is off');
    const { failing, failedFile, age } = seen;
    const note = failing
      ? `archive_command fails, last for "${failedFile}": the log grows until the disk is full`
      : 'The last file was archived';
    return figure(name, [age ?? 0, 'seconds', note], {
      verdict: failing ? 'critical' : 'ok',
      limit: 'critical when the last attempt failed',
    });
  }

  function slots(): Figure {
    const kept = facts.slots.filter(({ active }) => !active);
    const lost = facts.slots.find((one) => one.lost);
    const [largest] = kept;
    const most = largest?.bytes ?? 0;
    const note = lost
      ? `Replication slot "${lost.name}" has lost log that it needs`
      : largest
        ? `${inMebibytes(most)} of log are kept for replication slot "${largest.name}", which nobody reads`
        : 'No log is kept for anybody who is gone';
    const judgement = judgedBy(most, SLOT, 'critical above 10 GB');
    return figure('database.slots', [most, 'bytes', note], {
      ...judgement,
      ...(lost && { verdict: 'critical' as const }),
    });
  }
}

function judgedBy(
  value: number,
  { warning, critical }: { readonly warning: number; readonly critical: number },
  limit: string,
): { readonly verdict: Figure['verdict']; readonly limit: string } {
  return { verdict: value > critical ? 'critical' : value > warning ? 'warning' : 'ok', limit };
}
