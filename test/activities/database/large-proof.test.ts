import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import type { DatabaseFacts } from '../../../src/activities/artefact/manifest.ts';
import { beginInspection } from '../../../src/activities/database/sqlite/proof/inspect-beside.ts';
import { inspect } from '../../../src/activities/database/sqlite/proof/inspect.ts';
import { proveCopy } from '../../../src/activities/database/sqlite/proof/proof.ts';
import { test as base } from '../../support/target.ts';
import { damagePages } from './support/database-files.ts';

/** Large enough to be inspected in a thread of its own. */
const MEBIBYTES = 40;

const test = base.extend<{ large: string }>({
  large: async ({ directory }, use) => {
    const file = join(directory, 'large.db');
    const db = new Database(file);
    db.exec(`create table indicators (id integer primary key, value blob);
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${MEBIBYTES})
      insert into indicators select i, zeroblob(1048576) from n`);
    db.close();
    await use(file);
  },
});

const options = { name: 'it', keyTable: 'indicators' };

describe('the proof of a large file', () => {
  test('finds what the inspection of a small one does', async ({ large }) => {
    const base = { file: large, bytes: statSync(large).size, keyTable: 'indicators' };
    const request = { ...base, countedToo: 'indicators', full: false };
    const beside = beginInspection(request);
    const timeless = { timings: [] };

    const found = await beside.result();
    await beside.close();

    expect(base.bytes).toBeGreaterThan(MEBIBYTES * 2 ** 20);
    expect({ ...found, ...timeless }).toEqual({ ...inspect(request), ...timeless });
    expect(found).toMatchObject({ rows: MEBIBYTES, tables: { indicators: MEBIBYTES } });
  });

  test('refuses damage, rows that are not there, and a table that is missing', async ({
    large,
    directory,
  }) => {
    const proof = await proveCopy(large, options);
    const { bytes, sha256 } = proof;
    const facts: DatabaseFacts = {
      ...proof,
      file: 'large.db',
      keyTable: 'indicators',
      journalMode: 'delete',
      sqliteVersion: '3',
      stored: { file: 'large.db', bytes, sha256, compression: 'none' },
    };
    const expected = (changes: Partial<DatabaseFacts>) => ({ expected: { ...facts, ...changes } });
    const damaged = join(directory, 'damaged.db');
    copyFileSync(large, damaged);
    damagePages(damaged);
    const refused = (file: string, how: object, text: RegExp) =>
      expect(proveCopy(file, { ...options, ...how })).rejects.toMatchObject({
        type: 'BackupDamaged',
        message: expect.stringMatching(text),
      });

    expect(proof.checks).toEqual(['sha256', 'quick_check', 'row counts', 'schema']);
    await refused(damaged, {}, /does not pass quick_check/);
    await refused(damaged, expected({}), /does not pass sha256/);
    await refused(large, expected({ tables: { indicators: 41 } }), /has 40 rows, expected 41/);
    await refused(large, expected({ schemaHash: 'f'.repeat(64) }), /does not pass schema/);
    await refused(large, { keyTable: 'absent' }, /row counts: no such table: absent/);
  });

  test('says on request that the live database is to blame', async ({ large }) => {
    damagePages(large);
    const blame = (check: string, finding: string) =>
      new Error(`${check} of the live one: ${finding}`);

    await expect(proveCopy(large, { ...options, blame })).rejects.toThrow(
      /^quick_check of the live one: "/,
    );
  });
});
