import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { listBackups } from '../../../src/activities/backups/catalogue/backup-store.ts';
import { pin } from '../../../src/activities/backups/catalogue/pin.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { withPlaces } from '../../../src/os/files/held/places.ts';
import { type Canary, giveAway, isRoot, makeCanary } from '../../support/other-user.ts';
import { test as base } from '../../support/target.ts';
import { refusal, withOlderBackup } from '../database/support/fixtures.ts';
import { BACKUP, play, PRUNED_AT, type Scenario, STAMP } from '../database/support/scenarios.ts';

/** Backups lie in the application's directory, as the templates have it; the second disk is another directory there. */
const test = base.extend<{ canary: Canary; world: SqliteTarget }>({
  canary: async ({}, use) => {
    const canary = makeCanary();
    await use(canary);
    canary.remove();
  },
  world: async ({ target }, use) => {
    const copy = join(target.directory, 'second');
    mkdirSync(copy);
    const world = { ...target, backups: { ...target.backups, copy } };
    await withOlderBackup(world);
    giveAway(world.directory, world.database.file);
    await use(world);
  },
});

/** As a job process does it. */
function work(target: SqliteTarget, scenario: Scenario): Promise<unknown[]> {
  return play(target, scenario, [], undefined, withPlaces);
}

describe.skipIf(!isRoot)('a directory of backups in one of the application (needs root)', () => {
  test('takes a backup and its copy, and says where they are', async ({ world, canary }) => {
    const results = await work(world, 'backUpAll');

    expect(listBackups(world.backups.directory)[0]).toMatchObject({ id: STAMP, state: 'verified' });
    expect(listBackups(world.backups.copy!)[0]).toMatchObject({ id: STAMP, state: 'verified' });
    expect(JSON.stringify(results)).not.toContain('/proc/');
    expect(results.at(-1)).toMatchObject({
      file: join(world.backups.directory, STAMP, 'app.db.zst'),
    });
    expect(canary.changes()).toEqual([]);
  });

  for (const scenario of ['backUp', 'discard', 'prune', 'adopt', 'restore'] as const)
    test(`is left alone by ${scenario} when it is a link of the application`, async ({
      world,
      canary,
    }) => {
      renameSync(world.backups.directory, join(world.directory, 'away'));
      symlinkSync(canary.directory, world.backups.directory);

      const results = await work(world, scenario).catch((error: Error) => error);

      const text = results instanceof Error ? results.message : JSON.stringify(results);
      if (scenario !== 'adopt') expect(text).toMatch(/backups\\*" is a link to .*not followed/);
      expect(canary.changes()).toEqual([]);
    });

  test('gets no copy on a second disk that is a link of the application', async ({
    world,
    canary,
  }) => {
    rmSync(world.backups.copy!, { recursive: true });
    symlinkSync(canary.directory, world.backups.copy!);

    const refused = await refusal(work(world, 'backUpAll'));

    expect(refused.type).toBe('LinkRefused');
    expect(canary.changes()).toEqual([]);
  });

  test('is restored from the second disk when a link stands for the first', async ({ world }) => {
    renameSync(join(world.backups.directory, BACKUP), join(world.backups.copy!, BACKUP));
    rmSync(world.backups.directory, { recursive: true });
    symlinkSync('/etc', world.backups.directory);

    const results = await work(world, 'restore');

    expect(results[0]).toMatchObject({ file: join(world.backups.copy!, BACKUP, 'app.db.zst') });
    expect(JSON.stringify(results[0])).toMatch(/cannot be read.*not followed/);
  });

  test('makes no backup in a directory that another has laid there for it', async ({ world }) => {
    mkdirSync(join(world.backups.directory, `${STAMP}.part`));
    giveAway(join(world.backups.directory, `${STAMP}.part`));

    const refused = await refusal(work(world, 'backUp'));

    expect(refused.message).toMatch(/20260105_020000.part" can be written to by others/);
  });

  test('may be a link of the operator to a larger disk', async ({ world }) => {
    const disk = mkdtempSync(join(tmpdir(), 'disk-'));
    const ours = mkdtempSync(join(tmpdir(), 'srv-'));
    symlinkSync(disk, join(ours, 'backups'));
    const backups = { ...world.backups, directory: join(ours, 'backups') };

    await work({ ...world, backups }, 'backUpAll');

    expect(readdirSync(disk)).toEqual([STAMP]);
    rmSync(disk, { recursive: true });
    rmSync(ours, { recursive: true });
  });

  test('keeps what is pinned through a link out of what it leads to', async ({ world, canary }) => {
    const theirs = join(world.backups.directory, '20260102_010000');
    symlinkSync(canary.directory, theirs);

    const refused = await refusal(
      withPlaces(async () =>
        pin(world.backups, '20260102_010000', { by: 'a', reason: 'b', at: PRUNED_AT }),
      ),
    );

    expect(refused.type).toBe('LinkRefused');
    expect(canary.changes()).toEqual([]);
  });

  test('is deleted from by its names, never behind them', async ({ world, canary }) => {
    const gone = join(world.backups.directory, '20250101_010000.gone');
    symlinkSync(canary.directory, gone);
    copyFileSync(world.database.file, join(world.directory, 'other.db'));

    await work(world, 'prune');

    expect(readdirSync(world.backups.directory)).not.toContain('20250101_010000.gone');
    expect(canary.changes()).toEqual([]);
  });
});
