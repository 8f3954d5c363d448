import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { generateIdentity } from 'age-encryption';
import { describe, expect } from 'vitest';
import { listBackups } from '../../../src/activities/backups/catalogue/backup-store.ts';
import { writeLastProof } from '../../../src/activities/backups/catalogue/last-proof.ts';
import { proveAgain } from '../../../src/activities/backups/reading/prove-again.ts';
import { test } from '../../support/target.ts';
import { backUp, namesIn } from '../database/support/fixtures.ts';
import { systemsOf } from '../database/support/scenarios.ts';
import { writeUnsigned } from './support/write-manifest.ts';

interface Facts {
  tables: Record<string, number>;
  schemaHash: string;
}

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
      expect(namesIn(target.state)).toEqual(['keys']);
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

  for (const [name, change, text] of [
    [
      'row counts',
      (facts: Facts) => (facts.tables['indicators']! += 1),
      'does not pass row counts',
    ],
    ['schema', (facts: Facts) => (facts.schemaHash = '0'.repeat(64)), 'does not pass schema'],
  ] as const)
    test(`finds that a manifest has other ${name} than its copy`, async ({ target }) => {
      const { id, file } = await backUp(target);
      const manifest = join(dirname(file), 'manifest.json');
      const facts = JSON.parse(readFileSync(manifest, 'utf8')) as { database: Facts };
      change(facts.database);
      writeUnsigned(manifest, facts);

      expect((await proveAgain(target, id, how)).damage).toContain(text);
    });

  test('does not call a backup damaged whose key is missing', async ({ target, directory }) => {
    const key = join(directory, 'key.txt');
    writeFileSync(key, await generateIdentity());
    const encryption = { key: `file:${key}` };
    const encrypted = { ...target, backups: { ...target.backups, encryption } };
    const { id } = await backUp(encrypted);
    const sound = await proveAgain(encrypted, id, how);
    rmSync(key);

    expect(sound.damage).toBeUndefined();
    await expect(proveAgain(encrypted, id, how)).rejects.toMatchObject({ type: 'KeyMissing' });
  });

  test('does not call a backup damaged that it could not check', async ({ target, directory }) => {
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
