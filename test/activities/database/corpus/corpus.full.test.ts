import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listBackups } from '../../../../src/activities/backups/catalogue/backup-store.ts';
import { dumpSnapshot } from '../../../../src/activities/backups/reading/dump.ts';
import { proveAgain } from '../../../../src/activities/backups/reading/prove-again.ts';
import { contentHashOf } from '../../../../src/activities/database/sqlite/file/journal-mode.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { targetIn } from '../../../support/target.ts';
import { backUp, refusal } from '../support/fixtures.ts';
import { BACKUP, STAMP, systemsOf } from '../support/scenarios.ts';
import { features } from './features.ts';
import { makeDatabase } from './make-database.ts';

const names = Object.keys(features);

/** Real kinds of databases: none is called damaged, none is restored that differs, and what cannot be done says why. */
describe('a database of each kind', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'corpus-'));
  });
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  test('is one of at least 60', () => {
    expect(names.length).toBeGreaterThanOrEqual(60);
  });

  for (const [index, name] of names.entries())
    test(`${name}: is judged, backed up, restored, dumped and made compact`, async () => {
      const feature = features[name]!;
      const target = place(String(index));
      makeDatabase(target.database.file, feature);
      const { database } = systemsOf(target);

      const examined = await database.examine();

      expect(examined).toMatchObject({
        verdict: feature.unproven ? 'unclear' : 'sound',
        finding: expect.stringMatching(feature.unproven ?? /^Sound by quick_check .*: 20 rows/),
      });

      // A backup of it passes what can be checked here, and names what cannot.
      const backup = await backUp(target);
      const unproven = feature.unproven ?? feature.unprovenInFull;
      const [listed] = listBackups(target.backups.directory);
      const again = await proveAgain(target, backup.id, { full: true, by: 'test' });

      expect(backup.rows).toBe(20);
      expect(listed).toMatchObject({ state: 'verified' });
      expect(again.damage).toBeUndefined();
      for (const said of [backup.unproven, listed!.unproven, again.unproven])
        expect(textOf(said)).toMatch(unproven ?? /^$/);
      expect(backup.fullCheckAt === undefined).toBe(unproven !== undefined);

      // A recovery brings back its bytes, whatever was written since.
      const whole = contentHashOf(target.database.file);
      change(target.database.file);
      const staged = await database.stage(await systemsOf(target).backups.find(BACKUP), STAMP);
      const stagedAgain = await database.stage(await systemsOf(target).backups.find(BACKUP), STAMP);
      await database.keep(STAMP, { verdict: examined.verdict });
      await database.swap(staged);

      expect({ ...stagedAgain, changed: true }).toEqual(staged);
      expect(await database.expectLive(staged)).toMatchObject({ rows: 20 });
      expect(contentHashOf(target.database.file)).toBe(whole);

      expectDump(target, feature.dump);
      await expectCompact(target, feature.compact);
    });

  function place(name: string): SqliteTarget {
    const directory = join(root, name);
    mkdirSync(directory);
    const target = targetIn(directory);
    mkdirSync(target.backups.directory);
    mkdirSync(target.state);
    return target;
  }
});

/** Whatever its schema needs: this writes to the header alone. */
function change(file: string): void {
  const db = new Database(file);
  db.pragma('user_version = 4711');
  db.close();
}

function expectDump({ database, directory }: SqliteTarget, because: RegExp | undefined): void {
  const scratch = join(directory, 'scratch');
  mkdirSync(scratch);
  const dump = () =>
    dumpSnapshot('indicators', database.file, join(directory, 'dump.sql'), scratch);
  if (because) expect(dump).toThrow(because);
  else expect(dump()).toMatchObject({ rows: 20 });
}

async function expectCompact(target: SqliteTarget, because: RegExp | undefined): Promise<void> {
  const { database } = systemsOf(target);
  const next = '20260106_000000';
  if (because) {
    const refused = await refusal(database.compact(next));
    expect(refused).toMatchObject({
      type: 'CannotCompact',
      message: expect.stringMatching(because),
    });
    const size = { ...(await database.measure()), wasteful: true };
    const advice = await database.adviseCompaction(size, { running: true, asked: true });
    expect(advice.worthwhile || advice.why.includes('auto_vacuum')).toBe(false);
    expect(advice.why).toMatch(because);
  } else expect(await database.compact(next)).toMatchObject({ changed: true });
}

function textOf(unproven: readonly { check: string; why: string }[] = []): string {
  return unproven.map(({ check, why }) => `${check} (${why})`).join();
}
