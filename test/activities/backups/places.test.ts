import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { createSystems } from '../../../src/activities/index.ts';
import { catalogueOf } from '../../../src/activities/backups/catalogue/catalogue.ts';
import { writeLastProof } from '../../../src/activities/backups/catalogue/last-proof.ts';
import { pin, readPin, unpin } from '../../../src/activities/backups/catalogue/pin.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { ROWS, targetIn, test as base } from '../../support/target.ts';
import { addRows } from '../database/support/database-files.ts';
import { backUp, furnishedIn } from '../database/support/fixtures.ts';
import { STAMP } from '../database/support/scenarios.ts';
import { flipBit } from './support/flip-bit.ts';

const OLD = '20260101_010000';
const NEW = '20260102_010000';
const MORE = 11;

/** The same two backups on two disks, the newer one with MORE rows: made once. */
const made = mkdtempSync(join(tmpdir(), 'places-'));
beforeAll(async () => {
  const target = furnishedIn(made, 'WAL');
  await backUp(target, { stamp: OLD });
  addRows(target.database.file, MORE);
  await backUp(target, { stamp: NEW });
});
afterAll(() => rmSync(made, { recursive: true }));

const test = base.extend<{ doubled: SqliteTarget & { backups: { copy: string } } }>({
  doubled: async ({ target, directory }, use) => {
    const copy = join(directory, 'second');
    for (const place of [target.backups.directory, copy])
      cpSync(targetIn(made).backups.directory, place, { recursive: true });
    const { name } = targetIn(made);
    await use({ ...target, name, backups: { ...target.backups, copy } });
  },
});

function systemsOf(target: SqliteTarget) {
  return createSystems(target, 'restore-drill/app/20260105_020000');
}

const storedIn = (place: string, id: string) => join(place, id, 'app.db.zst');

describe('backups in two places', () => {
  test('are listed once each, with where every copy lies', ({ doubled }) => {
    rmSync(join(doubled.backups.copy, OLD), { recursive: true });

    const { backups, unread } = catalogueOf(doubled);

    expect(unread).toEqual([]);
    expect(backups.map(({ id, state, copies }) => [id, state, copies.length])).toEqual([
      [NEW, 'verified', 2],
      [OLD, 'verified', 1],
    ]);
  });

  for (const first of ['directory', 'copy'] as const)
    test(`restore the newest when only its copy in "${first}" is spoilt, and name that`, async ({
      doubled,
    }) => {
      const spoilt = doubled.backups[first];
      flipBit(storedIn(spoilt, NEW));
      const { backups, database } = systemsOf(doubled);

      const found = await backups.find('latest');
      const staged = await database.stage(found, STAMP);

      expect([found.id, staged.rows]).toEqual([NEW, ROWS + MORE]);
      if (first === 'directory') expect(staged.passedOver).toContain(storedIn(spoilt, NEW));
      else expect(staged.passedOver).toBeUndefined();
    });

  test('restore the newest when its copy on the first disk is marked as damaged', async ({
    doubled,
  }) => {
    const { directory } = doubled.backups;
    const damage = { at: '2026-01-03T00:00:00.000Z', by: 'ops-1', checks: [], damage: 'rotten' };
    writeLastProof(join(directory, NEW), damage);

    const found = await systemsOf(doubled).backups.find('latest');

    expect(found).toMatchObject({
      id: NEW,
      rows: ROWS + MORE,
      passedOver: `The copy of ${NEW} in "${directory}" is damaged: rotten`,
    });
  });

  for (const [how, spoil] of Object.entries({
    truncated: (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 100)),
    missing: (file: string) => rmSync(file),
    'a directory': (file: string) => {
      rmSync(file);
      mkdirSync(file);
    },
    'without a manifest': (file: string) => rmSync(join(file, '..', 'manifest.json')),
  }))
    test(`take the copy of the second disk when the first is ${how}`, async ({ doubled }) => {
      spoil(storedIn(doubled.backups.directory, NEW));

      const found = await systemsOf(doubled).backups.find('latest');

      expect(found).toMatchObject({ id: NEW, file: storedIn(doubled.backups.copy, NEW) });
      expect(found.passedOver).toContain(`in "${doubled.backups.directory}" is damaged`);
    });

  test('fail, and take no older one, when every copy of the newest is spoilt unnoticed', async ({
    doubled,
  }) => {
    for (const place of [doubled.backups.directory, doubled.backups.copy])
      flipBit(storedIn(place, NEW));
    const { backups, database } = systemsOf(doubled);
    const found = await backups.find('latest');

    const staging = database.stage(found, STAMP);

    await expect(staging).rejects.toMatchObject({ type: 'BackupDamaged' });
    await expect(staging).rejects.toThrow(doubled.backups.copy);
  });

  test('name the newer one that is damaged everywhere when an older one is the latest', async ({
    doubled,
  }) => {
    for (const place of [doubled.backups.directory, doubled.backups.copy])
      truncateSync(storedIn(place, NEW), 1000);

    const { id, passedOver } = await systemsOf(doubled).backups.find('latest');

    expect(id).toBe(OLD);
    expect(passedOver).toContain(`${NEW} is newer, and not taken`);
  });

  test('are the latest of all, not of the first disk that has any', async ({ doubled }) => {
    rmSync(join(doubled.backups.directory, NEW), { recursive: true });
    const { backups, drill } = systemsOf(doubled);

    expect((await backups.find('latest')).id).toBe(NEW);
    expect((await backups.find('before 2999-01-01T00:00:00Z')).id).toBe(NEW);
    expect(await drill.choose(STAMP)).toMatchObject({ newest: { id: NEW }, other: OLD });
    expect(await backups.expectBackedUp()).toMatchObject({ id: NEW });
  });

  for (const [how, lose] of Object.entries({
    empty: (place: string) => {
      rmSync(place, { recursive: true });
      mkdirSync(place);
    },
    'not there': (place: string) => rmSync(place, { recursive: true }),
  }))
    test(`are all found when the first disk is ${how}, which reading does not change`, async ({
      doubled,
    }) => {
      const { directory } = doubled.backups;
      lose(directory);
      const there = existsSync(directory);
      const { backups, database, drill, files } = systemsOf(doubled);

      const found = await backups.find('latest');
      const staged = await database.stage(found, STAMP);
      const proven = await drill.prove(OLD);
      await drill.choose(STAMP);
      await files.find('latest', ['configuration']);
      await backups.expectBackedUp();
      const planned = await backups.planPrune('2026-01-03T00:00:00.000Z');
      pin(doubled.backups, OLD, { by: 'ops-1', reason: 'a test', at: '2026-01-03T00:00:00.000Z' });

      expect([found.id, staged.rows, proven.damage]).toEqual([NEW, ROWS + MORE, undefined]);
      expect(readPin(doubled.backups, OLD)?.reason).toBe('a test');
      expect(unpin(doubled.backups, OLD)).toEqual({ changed: true });
      expect(planned.map(({ keep }) => keep.length)).toEqual([0, 2]);
      expect(existsSync(directory)).toBe(there);
      expect(there ? readdirSync(directory) : []).toEqual([]);
      if (there) expect(found.passedOver).toBeUndefined();
      else {
        expect(found.passedOver).toContain(`"${directory}" cannot be read: it is not there`);
        expect(planned[0]!.unread).toContain('it is not there');
      }
    });

  test('are never believed when one id names two of them', async ({ doubled, target }) => {
    const { directory, copy } = doubled.backups;
    rmSync(join(copy, NEW), { recursive: true });
    const elsewhere = {
      ...target,
      name: doubled.name,
      backups: { ...target.backups, directory: join(copy, 'other') },
    };
    await backUp(elsewhere, { stamp: NEW });
    renameSync(join(copy, 'other', NEW), join(copy, NEW));
    rmSync(join(copy, 'other'), { recursive: true });
    const { backups } = systemsOf(doubled);

    const latest = await backups.find('latest');
    const pruned = await backups.prune('2036-01-01T00:00:00.000Z');

    expect(latest.id).toBe(OLD);
    expect(latest.passedOver).toMatch(`${NEW} is newer, and not taken, being disputed: It is not`);
    await expect(backups.find(NEW)).rejects.toMatchObject({ type: 'BackupDisputed' });
    expect(pruned.changed).toBe(false);
    expect([directory, copy].map((place) => existsSync(join(place, NEW)))).toEqual([true, true]);
    // Whoever moves one away has said which is meant.
    rmSync(join(copy, NEW), { recursive: true });
    expect((await backups.find('latest')).id).toBe(NEW);
  });

  test('keep what is pinned on either disk', async ({ doubled }) => {
    const wish = { by: 'ops-1', reason: 'court', at: '2026-01-03T00:00:00.000Z' };
    pin({ directory: doubled.backups.copy }, OLD, wish);

    const [first] = await systemsOf(doubled).backups.planPrune('2036-01-01T00:00:00.000Z');

    expect(first!.keep.find(({ id }) => id === OLD)?.reason).toContain('court');
  });
});
