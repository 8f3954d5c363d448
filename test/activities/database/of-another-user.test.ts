import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { describe, expect } from 'vitest';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { APP, giveTo, isRoot, NEEDS_ROOT } from '../../support/application-user.ts';
import { countRows, fill, ROWS, test as base } from '../../support/target.ts';
import { backUp } from './support/fixtures.ts';
import { STAMP, systemsOf } from './support/scenarios.ts';

const INDEX = { name: 'idx_region_value', table: 'indicators', columns: ['region', 'value'] };

/** A database of root's in a directory that is closed to everybody else: what the application's user is after. */
const test = base.extend<{ treasure: string }>({
  treasure: async ({}, use) => {
    const place = mkdtempSync(join(tmpdir(), 'treasure-'));
    const file = join(place, 'root.db');
    fill(file, 3, 'DELETE');
    chmodSync(file, 0o600);
    await use(file);
    rmSync(place, { recursive: true, force: true });
  },
});

/** What acts on the live database, or reads it. */
const calls: Readonly<Record<string, (target: SqliteTarget) => Promise<unknown>>> = {
  examine: (target) => systemsOf(target).database.examine(),
  expectSound: (target) => systemsOf(target).database.expectSound(),
  measure: (target) => systemsOf(target).database.measure(),
  analyse: (target) => systemsOf(target).database.analyse(),
  checkpoint: (target) => systemsOf(target).database.checkpoint(),
  createIndex: (target) => systemsOf(target).database.createIndex(INDEX),
  snapshot: backUp,
};

describe.skipIf(!isRoot)(`a database of another user than the worker (${NEEDS_ROOT})`, () => {
  for (const [name, call] of Object.entries(calls)) {
    test(`is worked on by ${name}, and all that lies beside it stays its owner's`, async ({
      target,
    }) => {
      own(target);

      await call(target);

      expect(ownersIn(target.directory)).toEqual([APP]);
      expect(countRows(target.database.file)).toBe(ROWS);
    });

    for (const [how, plant] of [
      ['a link', symlinkSync],
      ['a second name', linkSync],
    ] as const)
      test(`that is ${how} of one of root's is left alone by ${name}`, async ({
        target,
        treasure,
      }) => {
        for (const suffix of ['', '-wal', '-shm'])
          rmSync(`${target.database.file}${suffix}`, { force: true });
        plant(treasure, target.database.file);
        own(target);
        const before = readFileSync(treasure);

        const answer = await call(target).catch((error: Error) => error.message);

        expect(JSON.stringify(answer)).not.toContain('3 rows');
        expect(JSON.stringify(answer)).toMatch(/link|unable to open|not permitted|denied|EACCES/i);
        expect(readFileSync(treasure).equals(before)).toBe(true);
        expect(readdirSync(join(treasure, '..'))).toEqual(['root.db']);
      });
  }

  test("is reached through root's own link, and through one to what is its owner's", async ({
    target,
    directory,
  }) => {
    const { file } = target.database;
    const real = join(directory, 'real.db');
    renameSync(file, real);
    symlinkSync(real, file);
    own(target);
    lchownSync(file, 0, 0);
    const byRoot = await systemsOf(target).database.examine();
    lchownSync(file, APP, APP);

    const again = await systemsOf(target).database.examine();

    expect([byRoot.verdict, again.verdict]).toEqual(['sound', 'sound']);
  });

  test("is worked on as root where its files are root's", async ({ target }) => {
    own(target);
    chownSync(target.database.file, 0, 0);

    const { verdict } = await systemsOf(target).database.examine();

    expect(verdict).toBe('sound');
  });

  test('that nobody has left is restored for who runs on it', async ({ target }) => {
    own(target);
    const backup = await backUp(target);
    rmSync(target.database.file);

    const staged = await systemsOf(target).database.stage(
      await systemsOf(target).backups.find(backup.id),
      STAMP,
    );

    expect(statSync(staged.file).uid).toBe(APP);
  });
});

/** The application's directory is its user's; the backups and our state are ours, and closed. */
function own({ directory, state, backups }: SqliteTarget): void {
  giveTo(APP, directory);
  for (const ours of [state, backups.directory]) {
    chownSync(ours, 0, 0);
    chmodSync(ours, 0o700);
  }
}

function ownersIn(directory: string): number[] {
  const files = readdirSync(directory).filter((name) => name.startsWith('app.db'));
  return [...new Set(files.map((name) => lstatSync(join(directory, name)).uid))];
}
