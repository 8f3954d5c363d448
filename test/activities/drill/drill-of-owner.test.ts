import { databaseFiles } from '../../../src/config/load/database-text.ts';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { drillActivities } from '../../../src/activities/drill/drill-activities.ts';
import { drillTarget } from '../../../src/activities/drill/drill-target.ts';
import { Drill } from '../../../src/config/schema/drill.ts';
import { APP, giveTo, isRoot, NEEDS_ROOT } from '../../support/application-user.ts';
import { test } from '../../support/target.ts';
import { backUp } from '../database/support/fixtures.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;
const STAMP = '20260105_020000';
const SCRIPT = `id -u > "{directory}/as"; cat "$TREASURE" >> "{directory}/as" 2>&1
python3 -c "import sqlite3; sqlite3.connect('{database}').execute('create table written (x)')" && echo wrote >> "{directory}/as"
exec python3 -m http.server {port} --bind 127.0.0.1`;

describe.skipIf(!isRoot || !hasPython)(
  `a drill of an application with a user of its own (${NEEDS_ROOT})`,
  () => {
    test('boots it as that user, on a copy that is his, and leaves nothing', async ({
      target: bare,
    }) => {
      const target = {
        ...bare,
        drill: Drill.parse({
          command: ['/bin/sh', '-c', SCRIPT],
          environment: { TREASURE: '/etc/shadow' },
          health: 'http://127.0.0.1:{port}/',
        }),
      };
      giveTo(APP, target.directory);
      for (const ours of [target.state, target.backups.directory]) {
        chownSync(ours, 0, 0);
        chmodSync(ours, 0o700);
      }
      const { id } = await backUp(target);
      const drill = drillActivities(target, 'test');
      const { directory } = drillPlace();

      await drill.restore(id, STAMP);
      const closed = lstatSync(directory);
      await drill.boot(STAMP);
      const as = readFileSync(join(directory, 'as'), 'utf8');
      const ours = lstatSync(join(target.state, 'drill', STAMP, 'state', 'process.json'));
      await drill.clean(STAMP);

      expect([closed.uid, closed.mode & 0o777]).toEqual([0, 0o700]);
      expect(as).toMatch(new RegExp(`^${APP}\n.*denied\nwrote\n$`, 'i'));
      expect(ours.uid).toBe(0);
      expect(existsSync(directory)).toBe(false);

      function drillPlace() {
        const [file] = databaseFiles(drillTarget(target, STAMP, { port: 1 }).database);
        return { directory: join(file!, '..') };
      }
    });
  },
);
