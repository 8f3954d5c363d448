import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createSystems } from '../../../../src/activities/index.ts';
import { archiveAll, archived, moment, pgbackrest, test, whyNoArchive } from './archive-world.ts';
import { NEXT, STAMP } from './support.ts';

// Skipped where pgBackRest is not installed: apt-get install pgbackrest.
describe.skipIf(whyNoArchive !== undefined)('a moment of the archive', () => {
  test('becomes a backup like any other, and a recovery brings a table back that was dropped since', async ({
    world,
    server,
    archive,
  }) => {
    pgbackrest(archive.config, 'backup', '--type=incr');
    await server.sql("insert into indicators (region) values ('a moment before')");
    const at = await moment(server);
    await server.sql("insert into indicators (region) values ('too late'); drop table indicators");
    await archiveAll(server);
    const { backups, database } = archived(world, archive);

    const unmanaged = await backups.recognise(`pgbackrest:${at}`);
    const adopted = await backups.adopt(STAMP, unmanaged);
    const again = await backups.adopt(STAMP, unmanaged);
    await backups.store(STAMP);
    const proof = await backups.verify(STAMP, 'file');
    const backup = await backups.seal(STAMP, unmanaged.class, proof);
    const staged = await database.stage(backup, NEXT);
    await database.keep(NEXT, { verdict: 'unclear' });
    await database.swap(staged);
    await database.expectLive(staged);

    expect([adopted.changed, again.changed]).toEqual([true, false]);
    expect(backup).toMatchObject({
      class: 'emergency',
      takenAt: new Date(at).toISOString(),
      rows: 501,
    });
    expect(
      await server.sql(
        "select region from indicators where region in ('a moment before', 'too late')",
      ),
    ).toEqual([{ region: 'a moment before' }]);
    expect(await backups.recognise(`pgbackrest:${at}`)).toMatchObject({ adopted: STAMP });
    expect(readdirSync(join(archive.home, 'scratch'))).toEqual([]);
  }, 120_000);

  test('is refused where the archive does not reach, or the name tells no time, with what to say', async ({
    world,
    archive,
  }) => {
    const { backups } = archived(world, archive);
    const bare = createSystems(world, 'test').backups;

    const early = await backups.recognise('pgbackrest:2020-01-01T00:00:00Z');
    await expect(backups.adopt(STAMP, early)).rejects.toMatchObject({
      type: 'BackupUnreadable',
      message: expect.stringMatching(
        /does not reach back to 2020-01-01T00:00:00\.000Z: its first backup ended \d{4}-/,
      ),
    });
    const late = new Date(Date.now() - 1).toISOString();
    await expect(
      backups.adopt(STAMP, await backups.recognise(`pgbackrest:${late}`)),
    ).rejects.toMatchObject({
      type: 'BackupUnreadable',
      message: expect.stringMatching(
        /recovery ended before configured recovery target was reached|cannot restore/,
      ),
    });
    await expect(backups.recognise('pgbackrest:noon')).rejects.toMatchObject({
      type: 'InvalidInput',
    });
    await expect(backups.recognise('pgbackrest:2999-01-01T00:00:00Z')).rejects.toMatchObject({
      type: 'InvalidInput',
    });
    await expect(bare.recognise('pgbackrest:2026-01-01T00:00:00Z')).rejects.toMatchObject({
      type: 'NotApplicable',
      message: expect.stringContaining('add "database.archive"'),
    });
    expect(readdirSync(join(archive.home, 'scratch'))).toEqual([]);
    await backups.discard(STAMP);
  }, 120_000);
});
