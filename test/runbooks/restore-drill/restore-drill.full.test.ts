import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { listBackups } from '../../../src/activities/backups/catalogue/backup-store.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { sha256Of } from '../../../src/os/files/sha256.ts';
import { readDrills } from '../../../src/state/drill-history.ts';
import { test as base } from '../../support/run.ts';
import { takeBackup } from '../../support/take-backup.ts';
import { writeUnsigned } from '../../activities/backups/support/write-manifest.ts';

const plain = changed((world) => ({ backups: { ...world.backups, compression: 'none' } }));
const crippled = changed((world) => ({ drill: { ...world.drill!, command: ['false', '{port}'] } }));
const undrilled = changed(() => ({ drill: undefined }));

function changed(change: (world: SqliteTarget) => object) {
  return base.extend<{ world: SqliteTarget }>({
    world: async ({ world }, use) => use({ ...world, ...change(world) }),
  });
}

describe('restore-drill', () => {
  base(
    'boots the application on a restored copy, and tells how long a recovery takes',
    async ({ world, runs }) => {
      await takeBackup(world, { ago: 2 });
      await takeBackup(world);

      const { run, ending } = await runs.run('restore-drill');

      expect(ending.ledger.map(({ state }) => state)).toEqual(Array(7).fill('done'));
      expect(ending.output).toMatchObject({ verdict: 'proven', findings: [] });
      const { rtoMilliseconds, rpoMilliseconds } = ending.output as Record<string, number>;
      expect(rtoMilliseconds).toBeGreaterThan(50);
      expect(rpoMilliseconds).toBeGreaterThan(0);
      expect(readDrills(world)).toMatchObject([{ run, verdict: 'proven', rtoMilliseconds }]);
      const html = pageOf(world, run);
      expect(html).toContain('<h2>Drills so far</h2>');
      expect(html.match(/class="dot"/g)).toHaveLength(2);
      expect(ending.ledger[1]?.parts).toHaveLength(2);
      expect(globSync('drill/*', { cwd: world.state })).toEqual([]);
    },
  );

  plain(
    'finds a backup whose content is wrong though integrity_check says ok',
    async ({ world, runs }) => {
      const { ending: backup } = await runs.run('daily-backup');
      const { backup: id } = backup.output as { backup: string };
      forget(join(world.backups.directory, id), 7);

      const { ending } = await runs.run('restore-drill');

      const damage = expect.stringMatching(/row counts: "measurements" has \d+ rows, expected \d+/);
      expect(ending).toMatchObject({ outcome: 'failed', failure: { message: damage } });
      expect(ending.notices.at(-1)?.message).toEqual(damage);
      expect(readDrills(world)).toMatchObject([{ verdict: 'failed' }]);
      expect(listBackups(world.backups.directory)[0]?.state).not.toBe('verified');
    },
  );

  crippled(
    'fails when the application does not boot on a sound backup',
    async ({ world, runs }) => {
      await takeBackup(world);

      const { ending } = await runs.run('restore-drill');

      expect(ending).toMatchObject({
        outcome: 'failed',
        failure: { type: 'DrillFailed', message: expect.stringContaining('does not boot') },
      });
      expect(ending.ledger.map(({ state }) => state)).toEqual([
        'done',
        'done',
        'done',
        'failed',
        'omitted',
        'done',
        'done',
      ]);
      expect(globSync('drill/*', { cwd: world.state })).toEqual([]);
    },
  );

  undrilled(
    'is inconclusive where nothing says how to boot the application',
    async ({ world, runs }) => {
      await takeBackup(world);

      const { ending } = await runs.run('restore-drill');

      expect(ending).toMatchObject({ outcome: 'done', output: { verdict: 'inconclusive' } });
    },
  );
});

function pageOf({ state }: SqliteTarget, run: string): string {
  const stamp = run.split('/').at(-1);
  return readFileSync(join(state, 'runs', `restore-drill-${stamp}.html`), 'utf8');
}

/** Takes rows out of a backup, and makes its manifest agree in all but their number. */
function forget(directory: string, rows: number): void {
  const manifestFile = join(directory, 'manifest.json');
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
  const { file } = manifest.database.stored;
  const db = new Database(join(directory, file));
  db.exec(`delete from ${manifest.database.keyTable} where rowid in
    (select rowid from ${manifest.database.keyTable} limit ${rows})`);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
  const sha256 = sha256Of(join(directory, file));
  Object.assign(manifest.database, { sha256 });
  Object.assign(manifest.database.stored, { sha256 });
  writeUnsigned(manifestFile, manifest);
}
