import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { listBackups } from '../../../src/activities/backups/catalogue/backup-store.ts';
import { writeLastProof } from '../../../src/activities/backups/catalogue/last-proof.ts';
import { pin } from '../../../src/activities/backups/catalogue/pin.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { ENDS } from '../../support/power-cut.ts';
import { test } from '../../support/target.ts';
import { ageBackups } from '../database/support/aged-backups.ts';
import { backUp, namesIn } from '../database/support/fixtures.ts';
import { BACKUP, PRUNED_AT, STAMP, systemsOf } from '../database/support/scenarios.ts';
import { killEverywhere } from '../database/support/sweep.ts';
import { writeUnsigned } from './support/write-manifest.ts';

describe('backups.prune', () => {
  test('deletes what is past its time, and nothing that is not a backup of this target', async ({
    target,
  }) => {
    const { directory } = target.backups;
    const [newest, old, expired, pinned] = await withAged(target, [0, 29, 31, 40]);
    const [other] = ageBackups(target, newest!, [50], { now: PRUNED_AT });
    giveTo('another', join(directory, other!));
    pin({ directory }, pinned!, { by: 'ops-1', reason: 'a test', at: PRUNED_AT });
    mkdirSync(join(directory, 'lost+found'));
    mkdirSync(join(directory, '20200101_000000'));
    writeFileSync(join(directory, 'app_20200101_000000.db'), 'theirs');

    const planned = await systemsOf(target).backups.planPrune(PRUNED_AT);
    const pruned = await systemsOf(target).backups.prune(PRUNED_AT);

    expect(planned[0]!.remove).toMatchObject([{ id: expired, reason: 'daily, 31 d of 30 d' }]);
    expect(pruned.places[0]!.deleted).toEqual(planned[0]!.remove);
    expect(pruned).toMatchObject({ changed: true, note: `1 deleted (${expired}), 5 kept` });
    expect(namesIn(directory)).toEqual(
      [
        newest,
        old,
        pinned,
        other,
        'lost+found',
        '20200101_000000',
        'app_20200101_000000.db',
      ].toSorted((a, b) => a!.localeCompare(b!, 'en')),
    );
    expect(await systemsOf(target).backups.prune(PRUNED_AT)).toMatchObject({ changed: false });
  });

  test('deletes nothing when the backup of its run is not sealed', async ({ target }) => {
    const before = await withAged(target, [0, 1, 31, 40]);
    const { backups } = systemsOf(target);
    await backups.snapshot(STAMP);

    for (const [run, own] of [
      ['test/run', STAMP],
      ['test/run', '20990101_000000'],
      ['another/run', before[0]!],
    ] as const)
      await expect(systemsOf(target, run).backups.prune(PRUNED_AT, own)).rejects.toMatchObject({
        type: 'NotSealed',
        nonRetryable: true,
      });

    expect(idsIn(target.backups.directory)).toEqual([...before, STAMP].toSorted());
    await backups.discard(STAMP);
    const pruned = await backups.prune(PRUNED_AT, before[0]);
    expect(pruned.places[0]!.deleted).toHaveLength(2);
  });

  test('keeps a floor of its own on the second disk, and deletes nothing there without the own copy', async ({
    target,
    directory,
  }) => {
    const copy = join(directory, 'second');
    const doubled = { ...target, backups: { ...target.backups, copy } };
    const ids = await withAged(target, [0, 31, 40, 50]);
    cpSync(target.backups.directory, copy, { recursive: true });
    rmSync(join(copy, ids[0]!), { recursive: true });

    const first = await systemsOf(doubled).backups.prune(PRUNED_AT, ids[0]);
    const second = await systemsOf(doubled).backups.prune(PRUNED_AT);

    expect(first.places.map(({ deleted }) => deleted.length)).toEqual([2, 0]);
    expect(first.note).toContain(`the copy of backup "${ids[0]}" is not there`);
    expect(second.places.map(({ deleted }) => deleted.map(({ id }) => id))).toEqual([[], [ids[3]]]);
    expect(idsIn(target.backups.directory)).toEqual([ids[1], ids[0]]);
    expect(idsIn(copy)).toEqual([ids[2], ids[1]]);
  });

  test('lets a pin keep the copy on the second disk, too', async ({ target, directory }) => {
    const copy = join(directory, 'second');
    const doubled = { ...target, backups: { ...target.backups, copy } };
    const ids = await withAged(target, [0, 1, 40]);
    cpSync(target.backups.directory, copy, { recursive: true });
    pin(target.backups, ids[2]!, { by: 'ops-1', reason: 'a test', at: PRUNED_AT });

    expect(await systemsOf(doubled).backups.prune(PRUNED_AT)).toMatchObject({ changed: false });
  });

  test('never counts one that was found damaged as a copy that may stay alone', async ({
    target,
  }) => {
    const { directory } = target.backups;
    const ids = await withAged(target, [0, 31, 40, 50]);
    const damage = { at: PRUNED_AT, by: 'ops-1', checks: [], damage: 'a page is gone' };
    writeLastProof(join(directory, ids[0]!), damage);

    await systemsOf(target).backups.prune(PRUNED_AT);

    expect(idsIn(directory)).toEqual([ids[2], ids[1], ids[0]]);
    expect((await systemsOf(target).backups.find('latest')).id).toBe(ids[1]);
  });

  for (const [how, end] of ENDS)
    test(`that is ${how} at any change never shows half a backup, and ends what it began`, async () => {
      const points = await killEverywhere('prune', {
        ...end,
        arrange: (target) => withAged(target, [0, 1, 31, 40]),
        meanwhile: ({ backups: { directory } }, n) => {
          const states = listBackups(directory).map(({ state }) => state);
          expect(states.length, `killed at ${n}`).toBeGreaterThanOrEqual(2);
          expect(new Set(states), `killed at ${n}`).toEqual(new Set(['verified']));
        },
        afterwards: ({ backups: { directory } }, n) => {
          expect(namesIn(directory), `after ${n}`).toHaveLength(2);
          expect(idsIn(directory), `after ${n}`).toHaveLength(2);
        },
      });

      expect(points).toBeGreaterThan(4);
    });

  test('tells what a killed attempt had begun to delete', async ({ target }) => {
    const { directory } = target.backups;
    const [, , expired] = await withAged(target, [0, 1, 31]);
    const planned = await systemsOf(target).backups.planPrune(PRUNED_AT);
    cpSync(join(directory, expired!), join(directory, `${expired}.gone`), { recursive: true });
    rmSync(join(directory, expired!), { recursive: true });

    const finished = await systemsOf(target).backups.finishPrune(planned);

    expect(finished).toEqual({ changed: true, deleted: [expired] });
    expect(namesIn(directory)).toHaveLength(2);
  });
});

/** Verified backups of these ages in days, and no other. */
async function withAged(target: SqliteTarget, days: readonly number[]): Promise<string[]> {
  const { id } = await backUp(target);
  const ids = ageBackups(target, id, days, { now: PRUNED_AT });
  rmSync(join(target.backups.directory, BACKUP), { recursive: true });
  return ids;
}

function giveTo(target: string, backup: string): void {
  const file = join(backup, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeUnsigned(file, { ...manifest, target });
}

function idsIn(directory: string): string[] {
  return listBackups(directory)
    .map(({ id }) => id)
    .toSorted();
}
