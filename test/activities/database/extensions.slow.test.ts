import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { proveAgain } from '../../../src/activities/backups/reading/prove-again.ts';
import { SqliteExtension } from '../../../src/config/schema/database.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { test } from '../../support/target.ts';
import { spoilIndexPage } from '../../support/spoil-index-page.ts';
import { features } from './corpus/features.ts';
import { makeDatabase } from './corpus/make-database.ts';
import { backUp } from './support/fixtures.ts';
import { systemsOf } from './support/scenarios.ts';

const hasCompiler = spawnSync('gcc', ['--version']).status === 0;
let directory: string;
let extension: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'extension-'));
  extension = join(directory, 'appfunctions.so');
  if (!hasCompiler) return;
  const source = join(import.meta.dirname, 'support/app-functions.c');
  const include = 'node_modules/better-sqlite3/deps/sqlite3';
  const { status, stderr } = spawnSync('gcc', [
    '-shared',
    '-fPIC',
    `-I${include}`,
    '-o',
    extension,
    source,
  ]);
  if (status !== 0) throw new Error(String(stderr));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('database.extensions', () => {
  for (const kind of [
    'an index with a collation of its application',
    'an index of a function of its application',
  ])
    test(`have ${kind} judged in full`, async ({ target: bare, skip }) => {
      skip(!hasCompiler, 'there is no gcc');
      const target = withExtension(bare, { file: extension });
      remake(target, kind);

      const examined = await systemsOf(target).database.examine();
      const sound = await systemsOf(target).database.expectSound();
      const backup = await backUp(target);
      const again = await proveAgain(target, backup.id, { full: true, by: 'test' });

      expect(examined).toMatchObject({
        verdict: 'sound',
        finding: 'Sound by quick_check (no index compared): 20 rows in indicators',
      });
      expect(sound.checks).toEqual(['quick_check', 'integrity_check']);
      expect(sound.unproven).toBeUndefined();
      expect(backup.checks).toContain('integrity_check');
      expect([backup.unproven, again.unproven]).toEqual([undefined, undefined]);
    });

  test('do not hide what SQLite sees by itself', async ({ target: bare, skip }) => {
    skip(!hasCompiler, 'there is no gcc');
    const target = withExtension(bare, { file: extension });
    remake(target, 'an index with a collation of its application');
    spoilIndexPage(target.database.file);

    await expect(systemsOf(target).database.expectSound()).rejects.toMatchObject({
      type: 'DatabaseDamaged',
    });
  });

  test('of another version than its index prove no damage', async ({ target: bare, skip }) => {
    skip(!hasCompiler, 'there is no gcc');
    const target = withExtension(bare, { file: extension });
    remake(target, 'an index of a function of its application');
    asAnotherVersion(target.database.file);

    const sound = await systemsOf(target).database.expectSound();
    const backup = await backUp(target);

    for (const unproven of [sound.unproven, backup.unproven])
      expect(unproven).toMatchObject([
        {
          why: expect.stringMatching(/^row 1 missing from index by_slug: by the functions loaded/),
        },
      ]);
  });

  test('run what they need first, and say what is wrong with that', async ({
    target: bare,
    skip,
  }) => {
    skip(!hasCompiler, 'there is no gcc');
    const target = withExtension(bare, { file: extension, prepare: ['select icu_load()'] });
    remake(target, 'an index with a collation of its application');

    const examined = await systemsOf(target).database.examine();

    expect(examined).toMatchObject({
      verdict: 'unclear',
      finding: expect.stringMatching(
        /no such collation sequence: de_phone.*Without its extensions: Cannot load ".*appfunctions.so": no such function: icu_load/,
      ),
    });
  });

  test('that crash take neither the worker nor the backup along', async ({
    target: bare,
    skip,
  }) => {
    skip(!hasCompiler, 'there is no gcc');
    const target = withExtension(bare, { file: extension, entry: 'quit' });
    remake(target, 'nothing else');

    const examined = await systemsOf(target).database.examine();
    const backup = await backUp(target);

    expect(examined).toMatchObject({
      verdict: 'sound',
      finding: expect.stringContaining('the process that had loaded them ended by SIGSEGV'),
    });
    expect(backup.unproven).toEqual([
      {
        check: 'database.extensions',
        why: 'the process that had loaded them ended by SIGSEGV',
      },
    ]);
  });

  for (const [what, arrange, finding] of [
    ['is not there', (file: string) => rmSync(file), 'Cannot find the extension'],
    ['can be written to by others', (file: string) => chmodSync(file, 0o666), 'Cannot load'],
    ['is no library', (file: string) => writeFileSync(file, 'text'), 'Cannot load'],
  ] as const)
    test(`is not loaded when it ${what}`, async ({ target: bare, directory: place }) => {
      const file = join(place, 'own.so');
      if (hasCompiler) copyFileSync(extension, file);
      else writeFileSync(file, '');
      arrange(file);
      const target = withExtension(bare, { file });

      const examined = await systemsOf(target).database.examine();

      expect(examined).toMatchObject({
        verdict: 'sound',
        finding: expect.stringContaining(`Without its extensions: ${finding}`),
      });
    });
});

function withExtension(target: SqliteTarget, extension: object): SqliteTarget {
  const extensions = [SqliteExtension.parse(extension)];
  return { ...target, database: { ...target.database, extensions } };
}

function remake({ database }: SqliteTarget, kind: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${database.file}${suffix}`, { force: true });
  makeDatabase(database.file, features[kind]!);
}

/** Writes an index entry as another version of the function would have made it. */
function asAnotherVersion(file: string): void {
  const db = new Database(file);
  db.function('slug', { deterministic: true }, (value) => `v0-${String(value)}`);
  db.exec('reindex by_slug');
  db.close();
}
