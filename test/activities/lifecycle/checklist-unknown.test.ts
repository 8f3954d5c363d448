import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { LogFile } from '../../../src/config/schema/logs.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { closedCheckout } from '../../support/closed-checkout.ts';
import { test } from '../../support/target.ts';
import { asNobody, DATABASE, line, LOGS, NOBODY } from './support/checklist.ts';
import { checkedByNobody } from './support/checked-by-nobody.ts';

/** Its application is a user who may do little. What mkdtemp makes is closed for others. */
function opened(target: SqliteTarget): SqliteTarget {
  chmodSync(target.directory, 0o755);
  return asNobody(target);
}

describe('the startup checklist keeps nothing from starting', () => {
  test('for an access log, or for what the application prints', async ({ target, directory }) => {
    const logs = [
      LogFile.parse({ file: join(directory, 'nginx/access.log'), format: 'access' }),
      LogFile.parse({ file: join(directory, 'printed/app.log') }),
    ];
    const runtime = { ...target.runtime, log: 'printed/app.log' } as SqliteTarget['runtime'];

    expect(await line({ ...target, runtime, logs }, LOGS)).toMatchObject({
      state: 'not applicable',
      finding: 'It writes none of its logs itself',
    });
  });

  test.skipIf(process.getuid?.() !== 0)(
    'that may write its log, where no new one may be made',
    async ({ target, directory }) => {
      const logs = join(directory, 'logs');
      const file = join(logs, 'app.log');
      const logging = { ...opened(target), logs: [LogFile.parse({ file })] };
      mkdirSync(logs);
      writeFileSync(file, '');
      const closed = await line(logging, LOGS);
      chownSync(file, NOBODY, NOBODY);
      const own = await line(logging, LOGS);
      chownSync(file, 0, 0);
      chownSync(logs, NOBODY, NOBODY);
      const replaceable = await line(logging, LOGS);

      expect(closed.finding).toMatch(/may not write into ".*app\.log" \(mode 644, of 0:0\): give/);
      expect(own).toMatchObject({ state: 'ok', finding: `"${file}"` });
      expect(replaceable).toMatchObject({ state: 'unknown' });
      expect(replaceable.finding).toMatch(/user 65534 may not .*, and may replace it$/);
    },
  );

  test.skipIf(process.getuid?.() !== 0)(
    'when an access control list decides',
    async ({ target, directory, skip }) => {
      const logs = join(directory, 'logs');
      const logging = { ...opened(target), logs: [LogFile.parse({ file: join(logs, 'app.log') })] };
      mkdirSync(logs, { mode: 0o750 });
      const { file } = target.database;
      chmodSync(file, 0o640);
      skip(!giveByList(logs, 7) || !giveByList(file, 4), 'no lists, or no python3, here');

      const [onLogs, onDatabase] = [await line(logging, LOGS), await line(logging, DATABASE)];

      expect([onLogs.state, onDatabase.state]).toEqual(['unknown', 'unknown']);
      expect(onLogs.finding).toMatch(/an access control list of ".*logs" decides that$/);
    },
  );

  test.skipIf(process.getuid?.() !== 0)(
    'when this worker may see neither the database nor who has the port',
    async ({ target, skip }) => {
      const closed = closedCheckout();
      skip(closed !== undefined, closed);
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      const app = { ...target.app, url: `http://127.0.0.1:${port}/`, port };

      const lines = checkedByNobody({ ...target, app });
      const [database, listening] = ['Database', 'Port'].map((start) =>
        lines.find((one) => one.line.startsWith(start)),
      );
      await new Promise((gone) => server.close(gone));

      expect(database).toMatchObject({
        state: 'unknown',
        finding: expect.stringMatching(/^Nobody can tell from here: .*permission denied/),
      });
      expect(listening).toMatchObject({
        state: 'unknown',
        finding: `Port ${port} is open, and by whom is unknown: that process cannot be seen from here`,
      });
    },
  );
});

/** As `setfacl -m u:65534:<rights>`. Answers whether this system can. */
function giveByList(path: string, rights: number): boolean {
  const script = `import os, struct, sys
path, rights, none = sys.argv[1], int(sys.argv[2]), 0xffffffff
entries = [(1, 6, none), (2, rights, ${NOBODY}), (4, 5, none), (16, 7, none), (32, 0, none)]
value = struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *entry) for entry in entries)
os.setxattr(path, 'system.posix_acl_access', value)`;
  const { status } = spawnSync('python3', ['-c', script, path, String(rights)]);
  return status === 0;
}
