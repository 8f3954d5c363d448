import { describe, expect } from 'vitest';
import { whyNoPostgres } from '../../../support/postgres.ts';
import { test as base } from '../../../support/postgres-target.ts';

const test = base.extend({ rows: 40_000 });
const slow = (sql: string) => ({ sql, times: 3, milliseconds: 900 });
const INDEX = { name: 'runbook_indicators_value', table: 'indicators', columns: ['value'] };

describe.skipIf(whyNoPostgres)('an index on PostgreSQL', () => {
  test('is proven on a restored copy, from what the log names as slow, and the copy is gone afterwards', async ({
    server,
    systems: { database },
  }) => {
    const advice = await database.adviseIndex([
      slow('select id, region from indicators where value = ? order by id'),
      slow('select count(*) from indicators i where i.value = $1::float8'),
      slow('select * from indicators where region = ?'),
    ]);

    expect(advice.best).toMatchObject({ index: INDEX, from: 'statement' });
    expect(advice.best!.used).toBe(2);
    expect(advice.best!.after).toBeLessThan(advice.best!.before / 2);
    expect(advice.note).toMatch(
      /^Index runbook_indicators_value on indicators \(value\) helps 2 of 3 statements: /,
    );
    expect(advice.statements.map(({ refused }) => refused)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(advice.statements[2]!.plan).toContain('by_region');
    expect(await server.names()).toEqual(['']);
    expect(await database.hasIndex(INDEX)).toBe(false);
  });

  test('is not asked for by statements that could do more than read: they are not run, and say why', async ({
    server,
    systems: { database },
  }) => {
    await server.sql(
      'set role app; create function steal(int) returns int language sql immutable as $$ select 1 $$',
    );
    const bad: [string, RegExp][] = [
      ['select pg_terminate_backend(pid) from pg_stat_activity', /calls "pg_terminate_backend"/],
      ['select set_config(?, ?, true), count(*) from indicators', /calls "set_config"/],
      ['select "pg_sleep"(?) from indicators', /calls "pg_sleep"/],
      ['select steal(?) from indicators', /calls "steal"/],
      [
        "select count(*) from indicators where region = E'\\' or pg_sleep(9) is null --'",
        /texts or comments/,
      ],
      [
        'with gone as (delete from indicators returning id) select * from gone',
        /read-only transaction/,
      ],
      ['delete from indicators', /does more than read/],
      ['select nothing from nowhere', /does not exist/],
    ];

    const { best, statements } = await database.adviseIndex(bad.map(([sql]) => slow(sql)));

    expect(best).toBeUndefined();
    expect(statements).toEqual(
      bad.map(([sql, why]) => ({ sql, refused: expect.stringMatching(why) })),
    );
    expect(await server.rows()).toBe(40_000);
  });

  test('is made while everybody writes, once, and taken away again; another one of its name stays', async ({
    server,
    systems: { database },
  }) => {
    const writer = await server.cluster.connect({ database: server.database });
    await writer.query("insert into indicators (region) values ('meanwhile')");

    expect(await database.createIndex(INDEX)).toMatchObject({ changed: true, milliseconds: 0 });
    expect(await database.createIndex(INDEX)).toMatchObject({ changed: false });
    expect(await database.hasIndex(INDEX)).toBe(true);
    // What a killed attempt leaves: it is made anew.
    await server.sql(
      "update pg_index set indisvalid = false where indexrelid = 'runbook_indicators_value'::regclass",
    );
    expect(await database.createIndex(INDEX)).toMatchObject({ changed: true });
    await expect(database.createIndex({ ...INDEX, columns: ['at'] })).rejects.toMatchObject({
      type: 'IndexExists',
    });
    expect(await database.dropIndex({ ...INDEX, columns: ['at'] })).toEqual({ changed: false });
    expect([await database.dropIndex(INDEX), await database.dropIndex(INDEX)]).toEqual([
      { changed: true },
      { changed: false },
    ]);
    await writer.end();
  });
});
