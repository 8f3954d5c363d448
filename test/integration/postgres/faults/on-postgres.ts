import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystems } from '../../../../src/activities/index.ts';
import type { PostgresTarget } from '../../../../src/config/schema/target.ts';
import { stampOf } from '../../../../src/config/time/stamp.ts';
import { backUp } from '../../../activities/database/postgres/support.ts';
import type { PlayedDatabase } from '../../../faults/on-sqlite.ts';
import { type Test, TOLD } from '../../../faults/play-runbook.ts';
import type { Server } from '../../../support/postgres-target.ts';
import { test as base } from '../on-temporal.ts';

/** As many as `postgres-target` makes where nobody says otherwise. */
const ROWS = 500;
/** A run that begins in the same second would name its backup so, too. */
const EARLIER_MILLISECONDS = 60_000;

/** The same worlds as those of SQLite, but for what serves their database: what a play asks of them is the same, too. */
export const test = base
  .extend({
    rows: ROWS,
    // At any hour.
    more: { ...TOLD, calendar: { hours: '00:00-23:59', weekend: [] } },
    // Of its own, because an order to linger lies beside it.
    // oxlint-disable-next-line no-empty-pattern
    directory: async ({}, use: (directory: string) => Promise<void>) => {
      const home = await mkdtemp(join(tmpdir(), 'target-'));
      const directory = join(home, 'world');
      await mkdir(directory);
      await use(directory);
      await rm(home, { recursive: true, force: true });
    },
  })
  .extend<{ database: PlayedDatabase }>({
    database: async ({ world, server }, use) => {
      // What a busy machine takes longer for is no fault.
      world.app.ready = { within: '40s', every: '1s' };
      await use(onPostgres(world, server));
    },
  }) as unknown as Test;

export function onPostgres(world: PostgresTarget, server: Server): PlayedDatabase {
  return {
    mark: async (text) => {
      await server.sql(`insert into indicators (region) values ('mark ${text}')`);
    },
    async backUp() {
      const stamp = stampOf(new Date(Date.now() - EARLIER_MILLISECONDS));
      const systems = createSystems(world, `daily-backup/${world.name}/${stamp}`);
      return (await backUp(systems, stamp)).backup.id;
    },
    inspect: async () => {
      // Numbers of rows that were never written are used up all the same: only of the first ones it is known that they were there.
      const [seen] = (await server.sql(
        `select count(*)::int as rows, ${ROWS} - count(*) filter (where id <= ${ROWS})::int as missing,
          string_agg(substr(region, 6), ', ' order by id) filter (where region like 'mark %') as marks
          from indicators`,
      )) as [{ rows: number; missing: number; marks: string | null }];
      return { ...seen, marks: seen.marks ?? '', integrity: await integrityOf(server) };
    },
    leftovers: async () => [
      ...(await server.names()).filter((name) => /^_(part|stage|verify|drill)_/.test(name)),
      ...[world.backups.directory, world.state].flatMap((place) =>
        readdirSync(place).filter((name) => name.includes('.part')),
      ),
    ],
    kept: async () => (await server.names()).filter((name) => name.startsWith('_pre_')),
  };
}

/** Whether an index says what its table says, as of one moment. */
async function integrityOf({ cluster, database }: Server): Promise<string> {
  const client = await cluster.connect({ database });
  try {
    await client.query('begin isolation level repeatable read');
    const [table, index] = [await countWith('seqscan'), await countWith('indexscan')];
    return table === index ? 'ok' : `${table} rows in the table, ${index} in its index`;
  } finally {
    await client.end();
  }

  async function countWith(scan: 'seqscan' | 'indexscan'): Promise<number> {
    for (const one of ['seqscan', 'indexscan', 'indexonlyscan', 'bitmapscan'])
      await client.query(`set local enable_${one} = ${one === scan ? 'on' : 'off'}`);
    const { rows } = await client.query(
      'select count(*)::int as rows from indicators where id > 0',
    );
    return (rows[0] as { rows: number }).rows;
  }
}
