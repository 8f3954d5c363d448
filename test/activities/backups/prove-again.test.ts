import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { listBackups } from '../../../src/activities/support/backups/backup-store.ts';
import { writeLastProof } from '../../../src/activities/support/backups/last-proof.ts';
import { proveAgain } from '../../../src/activities/support/backups/prove-again.ts';
import { test } from '../../support/target.ts';
import { backUp, namesIn } from '../sqlite-support/fixtures.ts';
import { systemsOf } from '../sqlite-support/scenarios.ts';

const how = { full: false, by: 'ops-1' };

describe('proveAgain', () => {
  for (const compression of ['zstd', 'none'] as const)
    test(`finds one flipped bit in a backup stored as ${compression}, and nothing in a sound one`, async ({
      target: plain,
    }) => {
      const target = { ...plain, backups: { ...plain.backups, compression } };
      const backup = await backUp(target);
      const before = namesIn(dirname(backup.file));

      const sound = await proveAgain(target, backup.id, { ...how, full: true });
      flipBit(backup.file);
      const damaged = await proveAgain(target, backup.id, how);

      expect(sound).toMatchObject({ by: 'ops-1', checks: expect.arrayContaining(['sha256']) });
      expect(sound.damage).toBeUndefined();
      expect(sound.checks).toContain('integrity_check');
      expect(damaged.damage).toContain(`Backup "${backup.id}" does not pass sha256`);
      expect(namesIn(dirname(backup.file))).toEqual(before);
      expect(namesIn(target.state)).toEqual([]);
    });

  test('has its finding remembered: a damaged one is no backup until it is found sound', async ({
    target,
  }) => {
    const older = await backUp(target, { stamp: '20260101_010000' });
    const newer = await backUp(target, { stamp: '20260102_010000' });
    const { backups } = systemsOf(target);
    const place = dirname(newer.file);
    flipBit(newer.file);

    writeLastProof(place, await proveAgain(target, newer.id, how));

    expect((await backups.find('latest')).id).toBe(older.id);
    expect(listBackups(target.backups.directory)[0]).toMatchObject({
      id: newer.id,
      state: 'damaged copy',
      class: 'daily',
    });
    flipBit(newer.file);
    writeLastProof(place, await proveAgain(target, newer.id, how));
    expect((await backups.find('latest')).id).toBe(newer.id);
  });

  test('does not call a backup damaged that it could not look at', async ({
    target,
    directory,
  }) => {
    const backup = await backUp(target);
    // A file is in the way of its scratch directory.
    const blocked = { ...target, state: join(directory, 'app.db') };

    await expect(proveAgain(blocked, backup.id, how)).rejects.toThrow('EEXIST');
  });
});

function flipBit(file: string): void {
  const fd = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  const middle = Math.floor(fstatSync(fd).size / 2);
  readSync(fd, byte, 0, 1, middle);
  byte[0]! ^= 1;
  writeSync(fd, byte, 0, 1, middle);
  closeSync(fd);
}
