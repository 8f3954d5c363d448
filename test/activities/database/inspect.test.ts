import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { inspect } from '../../../src/activities/database/sqlite/proof/inspect.ts';
import { test } from '../../support/target.ts';

describe('inspect', () => {
  for (const full of [false, true])
    test(`finds that the last page is cut off, which ${full ? 'integrity_check' : 'quick_check'} calls ok`, ({
      directory,
    }) => {
      const file = join(directory, 'cut.db');
      const db = new Database(file);
      // Its last pages hold nothing but bytes of one long value.
      db.exec('create table t (value); insert into t values (zeroblob(20000))');
      db.close();
      const whole = statSync(file).size;
      const request = { file, bytes: whole, keyTable: 't', countedToo: 't', full };
      const before = inspect(request);
      truncateSync(file, whole - 1000);

      const after = inspect({ ...request, bytes: whole - 1000 });

      expect(before).toMatchObject({ rows: 1, pages: whole / 4096 });
      expect(after.trouble).toEqual({
        title: full ? 'integrity_check' : 'quick_check',
        kind: 'finding',
        text: 'its last page has 3096 bytes of 4096',
      });
    });
});
