import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { loadingOf } from '../../../src/activities/database/sqlite/dump/load.ts';
import { SqliteExtension } from '../../../src/config/schema/database.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { APP, giveTo, isRoot, NEEDS_ROOT } from '../../support/application-user.ts';
import { test } from '../../support/target.ts';
import { backUp } from './support/fixtures.ts';
import { systemsOf } from './support/scenarios.ts';

const hasCompiler = spawnSync('gcc', ['--version']).status === 0;

describe.skipIf(!isRoot || !hasCompiler)(
  `extensions of the application's user (${NEEDS_ROOT})`,
  () => {
    test('are loaded with the rights of that user, for the live database and for a copy', async ({
      target: bare,
      directory: place,
    }) => {
      const file = buildTelling(place);
      const target = withExtension(bare, { file, entry: 'tell' });
      rmSync(target.state, { recursive: true });
      mkdirSync(target.state, { mode: 0o700 });
      giveTo(APP, place);
      chownSync(target.state, 0, 0);
      chownSync(target.backups.directory, 0, 0);
      chmodSync(target.backups.directory, 0o700);

      const examined = await systemsOf(target).database.examine();
      const live = toldIn(place);
      const backup = await backUp(target);

      expect(examined.finding).toMatch(/^Sound by quick_check/);
      expect(examined.finding).not.toContain('Without its extensions');
      expect(live).toEqual([`${APP} ${APP} refused`]);
      expect(backup.unproven).toBeUndefined();
      expect(new Set(toldIn(place))).toEqual(new Set([`${APP} ${APP} refused`]));
      expect(toldIn(place).length).toBeGreaterThan(1);
    });

    test('are not loaded by a sqlite3 program that is root', async ({ directory: place }) => {
      const file = buildTelling(place);
      giveTo(APP, place);

      expect(() => loadingOf([SqliteExtension.parse({ file, entry: 'tell' })])).toThrow(
        `User ${APP} has a hand in "database.extensions"`,
      );
    });

    test('are not loaded when two users have a hand in them', async ({
      target: bare,
      directory: place,
    }) => {
      const file = buildTelling(place);
      giveTo(APP, place);
      chownSync(file, APP + 1, APP + 1);

      const examined = await systemsOf(
        withExtension(bare, { file, entry: 'tell' }),
      ).database.examine();

      expect(examined.finding).toMatch(/users \d+ and \d+ both have a hand in what is loaded/);
      expect(existsSync(join(place, 'told'))).toBe(false);
    });
  },
);

/** Tells as whom it was loaded, and whether it becomes root again. */
function buildTelling(place: string): string {
  const file = join(place, 'telling.so');
  const source = `
#include <stdio.h>
#include <unistd.h>
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1
int tell(sqlite3 *db, char **error, const sqlite3_api_routines *api) {
  SQLITE_EXTENSION_INIT2(api)
  FILE *told = fopen("${place}/told", "a");
  if (!told) return SQLITE_ERROR;
  fprintf(told, "%d %d ", getuid(), getgid());
  fprintf(told, "%s\\n", setuid(0) ? "refused" : "root");
  fclose(told);
  return SQLITE_OK;
}`;
  const include = 'node_modules/better-sqlite3/deps/sqlite3';
  const { status, stderr } = spawnSync(
    'gcc',
    ['-shared', '-fPIC', `-I${include}`, '-o', file, '-x', 'c', '-'],
    { input: source },
  );
  if (status !== 0) throw new Error(String(stderr));
  return file;
}

function toldIn(place: string): string[] {
  return readFileSync(join(place, 'told'), 'utf8').trim().split('\n');
}

function withExtension(target: SqliteTarget, extension: object): SqliteTarget {
  const extensions = [SqliteExtension.parse(extension)];
  return { ...target, database: { ...target.database, extensions } };
}
