import { describe, expect } from 'vitest';
import { whyNoPostgres } from '../../../support/postgres.ts';
import { test } from '../../../support/postgres-target.ts';
import { backUp, NEXT } from './support.ts';

const sound = { verdict: 'sound' } as const;

describe.skipIf(whyNoPostgres)('a recovery of PostgreSQL', () => {
  test('brings a dropped table back, with owner, settings and rights, and makes a backup of what it replaced', async ({
    server,
    systems: { backups, database },
    systems,
  }) => {
    await server.sql(`alter database "${server.database}" set search_path to "$user", public, "odd, one";
      alter database "${server.database}" set work_mem to '7MB';
      revoke all on database "${server.database}" from public; grant connect on database "${server.database}" to app`);
    const settings = `select d.datacl::text, s.setconfig from pg_database d left join pg_db_role_setting s on s.setdatabase = d.oid where datname = '${server.database}'`;
    const before = await server.sql(settings);
    const { backup } = await backUp(systems);
    await server.sql(
      'create table later (n int); insert into later values (42); drop table indicators',
    );
    expect(await database.examine()).toMatchObject({ verdict: 'unclear' });

    const staged = await database.stage(backup, NEXT);
    expect([staged.changed, (await database.stage(backup, NEXT)).changed]).toEqual([true, false]);
    const kept = await database.keep(NEXT, sound);
    await expect(server.rows()).rejects.toThrow('not currently accepting connections');
    await database.swap(staged);
    const live = await database.expectLive(staged);

    expect(live.rows).toBe(500);
    expect([kept.file, await server.names()]).toEqual([
      `${server.database}_pre_${NEXT}`,
      ['', `_pre_${NEXT}`],
    ]);
    expect(await server.sql(settings)).toEqual(before);
    expect(
      await server.sql(`select tableowner from pg_tables where tablename = 'indicators'`),
    ).toEqual([{ tableowner: 'app' }]);
    expect([(await database.swap(staged)).changed, await database.isLive(staged)]).toEqual([
      false,
      true,
    ]);

    // Its key table is gone, so that it is no backup, and stays where it is.
    await expect(backups.adoptKept(NEXT)).rejects.toMatchObject({ type: 'DatabaseUnclear' });
    expect(await server.names()).toEqual(['', `_pre_${NEXT}`]);
  });

  test('makes what it replaced a backup, and then drops it', async ({
    server,
    systems: { backups, database },
    systems,
  }) => {
    const { backup } = await backUp(systems);
    await server.sql("insert into indicators (region) values ('after the backup')");
    const staged = await database.stage(backup, NEXT);
    await database.keep(NEXT, sound);
    await database.swap(staged);

    const offered = await backups.adoptKept(NEXT);

    expect(offered.backup).toMatchObject({ id: NEXT, class: 'pre-recovery', rows: 501 });
    expect([await server.names(), await server.rows()]).toEqual([[''], 500]);
    const back = await database.stage(offered.backup!, '20260105_111500');
    expect(back.rows).toBe(501);
    await database.unstage('20260105_111500');
    expect(await server.names()).toEqual(['']);
  });

  test('goes back to what was live, and keeps what had been restored', async ({
    server,
    systems: { database },
    systems,
  }) => {
    const { backup } = await backUp(systems);
    await server.sql('delete from indicators where id > 10');
    const staged = await database.stage(backup, NEXT);
    await database.keep(NEXT, sound);
    await database.swap(staged);
    await server.sql("insert into indicators (region) values ('after the restore')");

    expect([await database.putBack(NEXT), await database.putBack(NEXT)]).toEqual([
      { changed: true },
      { changed: false },
    ]);
    await database.unkeep(NEXT);
    await database.unstage(NEXT);

    expect([await server.rows(), await server.names()]).toEqual([10, ['', `_undone_${NEXT}`]]);
    expect(await server.rows(`${server.database}_undone_${NEXT}`)).toBe(501);
  });

  test('undone before the swap leaves nothing, and a database that is open again', async ({
    server,
    systems: { database },
    systems,
  }) => {
    const { backup } = await backUp(systems);
    const staged = await database.stage(backup, NEXT);
    await database.keep(NEXT, sound);
    await server.sql(`drop database "${staged.file}"`, 'postgres');

    await expect(database.swap(staged)).rejects.toMatchObject({ type: 'StagedMissing' });
    await database.putBack(NEXT);
    await database.unkeep(NEXT);
    await database.unstage(NEXT);

    expect([await server.rows(), await server.names()]).toEqual([500, ['']]);
  });

  test('takes the place of a database that is not there, and gives it up again', async ({
    server,
    systems: { database },
    systems,
  }) => {
    const { backup } = await backUp(systems);
    await server.sql(`drop database "${server.database}"`, 'postgres');
    expect(await database.examine()).toMatchObject({ exists: false, verdict: 'damaged' });

    const staged = await database.stage(backup, NEXT);
    expect(await database.keep(NEXT, { verdict: 'damaged' })).toEqual({ changed: true });
    await database.swap(staged);
    expect(await server.rows()).toBe(500);
    await database.putBack(NEXT);

    expect(await server.names()).toEqual([`_undone_${NEXT}`]);
  });

  test('refuses while somebody else is connected, names him, and lets all in again', async ({
    server,
    systems: { database },
    systems,
  }) => {
    const { backup } = await backUp(systems);
    await database.stage(backup, NEXT);
    const other = await server.cluster.connect({
      database: server.database,
      application_name: 'a report',
    });

    await expect(database.keep(NEXT, sound)).rejects.toMatchObject({
      type: 'DatabaseInUse',
      message: expect.stringContaining('"a report" of postgres'),
    });
    expect(await server.rows()).toBe(500);
    await other.end();
    // What is left of the application's pool has no say: it is stopped.
    const pooled = await server.cluster.connect({ database: server.database, user: 'app' });
    expect(await database.keep(NEXT, sound)).toMatchObject({ changed: true });
    await pooled.end();
    await database.unkeep(NEXT);
  });

  test('of a run that was terminated is put right by its stamp, at every moment', async ({
    server,
    systems: { database },
    systems,
  }) => {
    const { backup } = await backUp(systems);
    const steps = [
      () => database.stage(backup, NEXT),
      () => database.keep(NEXT, sound),
      async () => database.swap(await database.stage(backup, NEXT)),
    ];
    for (let done = 0; done <= steps.length; done += 1) {
      for (const step of steps.slice(0, done)) await step();
      const { kept } = await database.cleanUp(NEXT);
      expect([done, kept]).toEqual([
        done,
        done === 3 ? `${server.database}_pre_${NEXT}` : undefined,
      ]);
      expect(await server.rows()).toBe(500);
      expect((await database.cleanUp(NEXT)).changed).toBe(false);
    }
    expect(await server.names()).toEqual(['', `_pre_${NEXT}`]);
  });
});
