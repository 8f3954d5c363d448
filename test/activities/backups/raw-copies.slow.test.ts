import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import {
  listRawCopies,
  pinRawCopies,
} from '../../../src/activities/backups/raw-copies/raw-copies.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { stampOf } from '../../../src/config/time/stamp.ts';
import { openClaim } from '../../../src/state/claim.ts';
import { ENDS } from '../../support/power-cut.ts';
import { test } from '../../support/target.ts';
import { ageBackups } from '../database/support/aged-backups.ts';
import { beside } from '../database/support/database-files.ts';
import { backUp } from '../database/support/fixtures.ts';
import { playRecorded } from '../database/support/play-killed.ts';
import { PRUNED_AT, systemsOf } from '../database/support/scenarios.ts';
import { killEverywhere } from '../database/support/sweep.ts';

const DAY = 86_400_000;

describe('listRawSets', () => {
  test('lists whole copies with their size, the newest first, and nothing else', ({ target }) => {
    const old = replaced(target, 40, ['', '-shm', '-wal']);
    const young = replaced(target, 3, [''], 'undone');
    const copied = quarantined(target, 10);
    const orphan = replaced(target, 50, ['-wal']);
    writeFileSync(`${target.database.file}.mine-${ago(1)}`, 'theirs');
    writeFileSync(`${target.database.file}.pre-${ago(1)}.gone`, 'half deleted');

    expect(listRawCopies(target)).toEqual([
      { id: ago(3), sort: 'undone', files: young, bytes: 4 },
      { id: ago(10), sort: 'quarantine', files: [copied], bytes: 8 },
      { id: ago(40), sort: 'replaced', files: old, bytes: 12 },
      { id: ago(50), sort: 'replaced', files: orphan, bytes: 4 },
    ]);
  });
});

describe('backups.prune', () => {
  test('deletes raw files that are past their time, with their sidecars', async ({ target }) => {
    await backedUpNow(target);
    const [goes] = [replaced(target, 91, ['', '-wal']), replaced(target, 89), replaced(target, 1)];
    quarantined(target, 95);
    quarantined(target, 2);

    const planned = await systemsOf(target).backups.planPrune(PRUNED_AT);
    const pruned = await systemsOf(target).backups.prune(PRUNED_AT);

    expect(planned[1]!.remove).toMatchObject([
      { id: ago(91), state: 'raw', reason: `replaced, 91 d of 90 d: "${goes[0]}"` },
      { id: ago(95), state: 'raw' },
    ]);
    expect(pruned.places[1]).toMatchObject({ raw: true, deleted: planned[1]!.remove });
    expect(pruned.note).toMatch(
      new RegExp(`; 2 deleted \\(${ago(91)}, ${ago(95)}\\), 3 kept of raw files$`),
    );
    expect(listRawCopies(target).map(({ id }) => id)).toEqual([ago(1), ago(2), ago(89)]);
    expect(beside(target.database.file)).toEqual([`.pre-${ago(1)}`, `.pre-${ago(89)}`].toSorted());
    expect(await systemsOf(target).backups.prune(PRUNED_AT)).toMatchObject({ changed: false });
  });

  test('keeps the newest of each sort, what is pinned, and what a run has not put right', async ({
    target,
  }) => {
    await backedUpNow(target);
    for (const days of [100, 110, 120]) replaced(target, days);
    for (const days of [200, 210]) quarantined(target, days);
    replaced(target, 300, [''], 'undone');
    const pin = { by: 'ops-1', reason: 'a test', at: PRUNED_AT, incident: 'shop/1' };
    pinRawCopies(target, ago(210), pin);
    const request = { stamp: ago(120), wait: true, preempt: false, governed: false };
    const dead = { isOpen: async () => false, stop: async () => {} };
    await openClaim(target).take('dead', { ...request, takeOverIncomplete: false }, dead);

    const [, first] = await systemsOf(target).backups.planPrune(PRUNED_AT);
    await systemsOf(target).backups.prune(PRUNED_AT);

    expect(Object.fromEntries(first!.keep.map(({ id, reason }) => [id, reason]))).toEqual({
      [ago(100)]: expect.stringContaining('replaced, the newest of its sort'),
      [ago(120)]: expect.stringContaining('its run has not put all right yet'),
      [ago(200)]: expect.stringContaining('quarantine, the newest of its sort'),
      [ago(210)]: expect.stringContaining('held by incident shop/1'),
      [ago(300)]: expect.stringContaining('undone, the newest of its sort'),
    });
    expect(listRawCopies(target).map(({ id }) => id)).toEqual(
      [100, 120, 200, 210, 300].map((days) => ago(days)),
    );
  });

  test('deletes none of which no verified backup is younger', async ({ target }) => {
    for (const days of [100, 110]) replaced(target, days);

    const without = await systemsOf(target).backups.prune(PRUNED_AT);
    await backedUpNow(target);
    const withOne = await systemsOf(target).backups.prune(PRUNED_AT);

    expect(without).toMatchObject({ changed: false });
    expect(withOne.places[1]!.deleted.map(({ id }) => id)).toEqual([ago(110)]);
  });

  test('takes the name from a copy, durably, before anything in it is deleted', async ({
    target,
  }) => {
    await backedUpNow(target);
    quarantined(target, 100);
    const expired = quarantined(target, 110);

    const calls = await playRecorded(target, 'prune');

    const renamed = calls.findIndex(([name, from]) => name === 'renameSync' && from === expired);
    expect(calls[renamed]).toEqual(['renameSync', expired, `${expired}.gone`]);
    expect(calls.slice(renamed)).toContainEqual(['fsyncSync', dirname(expired)]);
    expect(existsSync(`${expired}.gone`)).toBe(false);
  });

  for (const [how, end] of ENDS)
    test(`that is ${how} at any change leaves a copy whole under its name, or gone`, async () => {
      const points = await killEverywhere('prune', {
        ...end,
        arrange: async (target) => {
          await backedUpNow(target);
          replaced(target, 100);
          replaced(target, 110, ['', '-wal', '-shm']);
          quarantined(target, 100);
          quarantined(target, 110);
        },
        meanwhile: (target, n) => {
          for (const { files } of listRawCopies(target))
            if (basename(files[0]).endsWith(`.pre-${ago(110)}`))
              expect(files, `killed at ${n}`).toHaveLength(3);
        },
        afterwards: (target, n) => {
          expect(beside(target.database.file), `after ${n}`).toEqual([`.pre-${ago(100)}`]);
          expect(
            listRawCopies(target).map(({ id }) => id),
            `after ${n}`,
          ).toEqual([ago(100), ago(100)]);
          expect(existsSync(join(target.state, 'quarantine', `${ago(110)}.gone`))).toBe(false);
        },
      });

      expect(points).toBeGreaterThan(4);
    });
});

/** The stamp of so many days before the pruning. */
function ago(days: number): string {
  return stampOf(new Date(Date.parse(PRUNED_AT) - days * DAY));
}

/** What a recovery of so many days ago left beside the database. */
function replaced(target: SqliteTarget, days: number, suffixes = [''], sort = 'pre'): string[] {
  const files = suffixes.map((suffix) => `${target.database.file}.${sort}-${ago(days)}${suffix}`);
  for (const file of files) writeFileSync(file, 'rows');
  return files;
}

function quarantined({ state }: SqliteTarget, days: number): string {
  const directory = join(state, 'quarantine', ago(days));
  mkdirSync(directory, { recursive: true });
  for (const name of ['app.db', 'app.db-wal']) writeFileSync(join(directory, name), 'rows');
  return directory;
}

async function backedUpNow(target: SqliteTarget): Promise<void> {
  const { id } = await backUp(target);
  ageBackups(target, id, [0], { now: PRUNED_AT });
}
