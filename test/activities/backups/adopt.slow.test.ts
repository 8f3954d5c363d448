import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { listUnmanaged } from '../../../src/activities/backups/catalogue/unmanaged.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { ENDS } from '../../support/power-cut.ts';
import { countRows, ROWS, test } from '../../support/target.ts';
import { damagePages } from '../database/support/database-files.ts';
import { namesIn, refusal } from '../database/support/fixtures.ts';
import { UNMANAGED, play, STAMP, systemsOf } from '../database/support/scenarios.ts';
import { killEverywhere } from '../database/support/sweep.ts';

describe('backups.recognise', () => {
  test('reads class and time from names of both manuals', async ({ target: utc }) => {
    const { calendar } = utc;
    const target = { ...utc, calendar: { ...calendar, timezone: 'Asia/Riyadh' } };
    const { backups } = systemsOf(target);
    const told = async (name: string) => {
      copyOf(target, name);
      const { class: kind, takenAt, packed } = await backups.recognise(name);
      return [kind, takenAt, packed];
    };

    expect([
      await told('health_analytics_20260105_020000.db'),
      await told('analytics_hub_20260105.db.gz'),
      await told('emergency_backup_20260105_020000.db'),
      await told('maintenance_backup_20260105_020000.db'),
      await told('health_analytics_pre_recovery_20260105_020000.db'),
    ]).toEqual([
      ['adopted', '2026-01-05T02:00:00.000Z', 'none'],
      // A day begins when it does where the people are.
      ['adopted', '2026-01-04T21:00:00.000Z', 'gzip'],
      ['emergency', '2026-01-05T02:00:00.000Z', 'none'],
      ['maintenance', '2026-01-05T02:00:00.000Z', 'none'],
      ['pre-recovery', '2026-01-05T02:00:00.000Z', 'none'],
    ]);
  });

  const refused: Readonly<Record<string, readonly [type: string, words: string]>> = {
    'app_20990105_020000.db': ['InvalidInput', 'its name is of the future'],
    'app_20261305_020000.db': ['InvalidInput', 'its name tells no time'],
    'app.db.bak': ['InvalidInput', 'its name tells no time'],
    'analytics_hub_full_20260101.tar.gz': ['InvalidInput', 'it is an archive'],
    'missing_20260105.db': ['InvalidInput', 'it is missing'],
    'directory_20260105.db': ['InvalidInput', 'it is not a file'],
    'empty_20260105.db': ['BackupDamaged', 'it has 0 bytes'],
    'text_20260105.db': ['BackupDamaged', 'it is no SQLite database'],
    'text_20260105.db.gz': ['BackupDamaged', 'it is no gzip file'],
    'logged_20260105.db': ['BackupDamaged', 'logged_20260105.db-wal" lies beside it'],
    'logged_20260106.db.gz': ['BackupDamaged', 'logged_20260106.db-journal" lies beside it'],
  };
  for (const [name, [type, text]] of Object.entries(refused))
    test(`refuses ${name}`, async ({ target }) => {
      const { directory } = target.backups;
      const file = join(directory, name);
      if (name.startsWith('directory')) mkdirSync(file);
      else if (name.startsWith('empty')) writeFileSync(file, '');
      else if (name.startsWith('text')) writeFileSync(file, 'no such luck');
      else if (!name.startsWith('missing')) copyOf(target, name);
      if (name === 'logged_20260105.db') writeFileSync(`${file}-wal`, 'rows');
      if (name === 'logged_20260106.db.gz') writeFileSync(file.replace('.gz', '-journal'), 'rows');

      const failure = await refusal(systemsOf(target).backups.recognise(name));

      expect(failure).toMatchObject({ type, nonRetryable: true });
      expect(failure.message).toContain(`Cannot adopt "${file}": `);
      expect(failure.message).toContain(text);
    });
});

describe('backups.adopt', () => {
  for (const name of ['app_20260101_020000.db', 'app_20260101.db.gz'])
    test(`makes a backup of ${name} that can be restored, and leaves the file as it is`, async ({
      target,
    }) => {
      const file = copyOf(target, name);
      const before = readFileSync(file);

      const backup = await adopted(target, name);

      expect(backup).toMatchObject({ id: STAMP, class: 'adopted', rows: ROWS });
      expect(backup.takenAt.slice(0, 10)).toBe('2026-01-01');
      expect(readFileSync(file).equals(before)).toBe(true);
      const found = await systemsOf(target).backups.find('latest');
      const staged = await systemsOf(target).database.stage(found, '20260201_000000');
      expect(countRows(staged.file)).toBe(ROWS);
      expect(await systemsOf(target).backups.recognise(name)).toMatchObject({ adopted: STAMP });
    });

  test('takes a copy in WAL mode that is whole by itself', async ({ target }) => {
    const name = 'app_20260101.db';
    copyFileSync(target.database.file, join(target.backups.directory, name));

    const { rows, database } = await adopted(target, name);

    expect(rows).toBe(ROWS);
    expect(database).toMatchObject({ journalMode: 'wal' });
  });

  const broken: Readonly<Record<string, readonly [(file: string) => void, string]>> = {
    'damaged_20260101.db': [(file) => damagePages(file), 'does not pass integrity_check'],
    'index_20260101.db': [spoilIndex, 'does not pass integrity_check'],
    'short_20260101.db': [(file) => truncateSync(file, 8192), 'it is truncated'],
    'torn_20260101.db': [(file) => truncateSync(file, 9000), 'it is truncated'],
    'keyless_20260101.db': [(file) => sql(file, 'drop table indicators'), 'no such table'],
    'short_20260101.db.gz': [
      (file) => truncateSync(file, 2000),
      'it cannot be unpacked: unexpected end of file',
    ],
    'spoilt_20260101.db.gz': [spoilGzip, 'it cannot be unpacked'],
    'text_20260101.db.gz': [
      (file) => writeFileSync(file, gzipSync('no such luck')),
      'there is no SQLite database in it',
    ],
    'empty_20260101.db.gz': [
      (file) => writeFileSync(file, gzipSync('')),
      'there is no SQLite database in it',
    ],
  };
  for (const [name, [spoil, text]] of Object.entries(broken))
    test(`refuses ${name}, and leaves nothing behind`, async ({ target }) => {
      spoil(copyOf(target, name));
      const { backups } = systemsOf(target);

      const failure = await refusal(adopted(target, name));
      // Its disk space is free at once, not only when the run is undone.
      expect(namesIn(join(target.backups.directory, `${STAMP}.part`))).toEqual(['making.json']);
      await backups.discard(STAMP);

      expect(failure).toMatchObject({ type: 'BackupDamaged', nonRetryable: true });
      expect(failure.message).toContain(text);
      expect(failure.message).not.toContain('live database');
      expect(namesIn(target.backups.directory)).toEqual([name]);
    });

  for (const [how, end] of ENDS)
    test(`that is ${how} at any change makes one backup when it is tried again`, async () => {
      const points = await killEverywhere('adoptUnmanaged', {
        ...end,
        arrange: async (target) => copyOf(target, UNMANAGED),
        afterwards: ({ backups: { directory } }, n, results) => {
          expect(results.at(-1), `after ${n}`).toMatchObject({ id: STAMP, rows: ROWS });
          expect(namesIn(directory), `after ${n}`).toEqual([STAMP, UNMANAGED].toSorted());
          expect(namesIn(join(directory, STAMP)), `after ${n}`).toEqual([
            'app.db.zst',
            'manifest.json',
            'manifest.json.sig',
            'origin.json',
          ]);
        },
      });

      expect(points).toBeGreaterThan(8);
    });
});

describe('listUnmanaged', () => {
  test('finds what both manuals leave, until it is adopted', async ({ target }) => {
    const { directory } = target.backups;
    mkdirSync(join(directory, 'daily'));
    copyOf(target, UNMANAGED);
    copyOf(target, 'daily/app_20260103.db.gz');
    copyOf(target, 'emergency_backup_20260102_000000.db');
    copyOf(target, '../app_pre_recovery_20260104_000000.db');
    copyOf(target, 'other_20260105.db');

    const before = listUnmanaged(target).map(({ class: kind, takenAt }) => [
      kind,
      takenAt.slice(0, 10),
    ]);
    await play(target, 'adoptUnmanaged');

    expect(before).toEqual([
      ['pre-recovery', '2026-01-04'],
      ['adopted', '2026-01-03'],
      ['emergency', '2026-01-02'],
      ['adopted', '2026-01-01'],
    ]);
    expect(listUnmanaged(target)).toHaveLength(3);
  });
});

/** What an operator of one of the manuals had made. */
function copyOf({ database, backups }: SqliteTarget, name: string): string {
  const file = join(backups.directory, name);
  const plain = name.endsWith('.gz') ? `${file}.plain` : file;
  sql(database.file, `vacuum into '${plain}'`);
  if (!name.endsWith('.gz')) return file;
  writeFileSync(file, gzipSync(readFileSync(plain)));
  rmSync(plain);
  return file;
}

async function adopted(target: SqliteTarget, name: string) {
  const { backups } = systemsOf(target);
  const unmanaged = await backups.recognise(name);
  await backups.adopt(STAMP, unmanaged);
  await backups.store(STAMP);
  return backups.seal(STAMP, unmanaged.class, await backups.verify(STAMP, 'file'));
}

function sql(file: string, text: string): void {
  const db = new Database(file);
  db.exec(text);
  db.close();
}

/** quick_check does not see it: the index has lost an entry. */
function spoilIndex(file: string): void {
  const db = new Database(file);
  db.unsafeMode(true);
  db.pragma('writable_schema = ON');
  const was = db
    .prepare(`select sql from sqlite_schema where name = 'by_region'`)
    .pluck()
    .get() as string;
  const change = db.prepare(`update sqlite_schema set sql = ? where name = 'by_region'`);
  change.run(`${was} where id < 400`);
  db.close();
  sql(file, `delete from indicators where id >= 400 and region = 'region 1'`);
  const again = new Database(file);
  again.unsafeMode(true);
  again.pragma('writable_schema = ON');
  again.prepare(`update sqlite_schema set sql = ? where name = 'by_region'`).run(was);
  again.close();
}

function spoilGzip(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0xff, 500, 700);
  writeFileSync(file, bytes);
}
