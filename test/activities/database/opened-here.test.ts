import { copyFileSync, linkSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { databaseDriver } from '../../../src/activities/database/driver-for.ts';
import { runtimeActivities } from '../../../src/activities/runtime/runtime-activities.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { TIMEOUT } from '../../support/timeouts.ts';
import { countRows, ROWS, test } from '../../support/target.ts';
import { refusal } from './support/fixtures.ts';
import { whileRunning, whileWritten } from './support/processes.ts';

const writer = fileURLToPath(new URL('support/writer.ts', import.meta.url));

const REPLACED = '20260105_020000';

/** Behind the back of all that have it open. Answers where the old one is. */
function replace({ database: { file } }: SqliteTarget, how: 'kept' | 'deleted'): string {
  const kept = `${file}.pre-${REPLACED}`;
  linkSync(file, kept);
  copyFileSync(file, `${file}.new`);
  renameSync(`${file}.new`, file);
  // As of a run that kept another one since.
  if (how === 'deleted') copyFileSync(file, `${file}.new`);
  if (how === 'deleted') renameSync(`${file}.new`, kept);
  return kept;
}

describe.skipIf(process.platform !== 'linux')('database.expectOpenedHere', () => {
  for (const how of ['kept', 'deleted'] as const)
    test(`refuses an application that still writes to the one that was ${how}`, async ({
      target,
    }) => {
      const command = [process.execPath, writer, target.database.file, 'WAL', 'never'];
      const running: SqliteTarget = {
        ...target,
        runtime: { kind: 'process', command, environment: {}, log: 'app.log', stopGrace: '5s' },
      };
      const runtime = runtimeActivities(running);
      await runtime.start();
      try {
        await expect.poll(() => countRows(target.database.file), TIMEOUT).toBeGreaterThan(ROWS);
        expect(await databaseDriver(running).expectOpenedHere(REPLACED)).toEqual({});
        const kept = replace(target, how);

        const driver = databaseDriver(running);
        const { type, message } = await refusal(driver.expectOpenedHere(REPLACED));
        const { note } = await driver.expectOpenedHere('20260101_000000');

        expect(type).toBe('OldDatabaseOpen');
        expect(note).toBe(message);
        expect(message).toMatch(/^Process \d+ \(node\) still writes to /);
        expect(message).toContain(how === 'kept' ? `"${kept}"` : 'a database that is deleted');
      } finally {
        await runtime.stop();
      }
    });

  test('tells of another that still writes to it, and not of who looks into what was kept', async ({
    target,
  }) => {
    await whileWritten(target, 'WAL', async (pid) => {
      const kept = replace(target, 'kept');

      await whileRunning('sh', ['-c', 'exec 3<>"$0"; echo held; read -r end', kept], async () => {
        const { note } = await databaseDriver(target).expectOpenedHere(REPLACED);

        expect(note).toBe(
          `Process ${pid} (node) still writes to "${kept}": what it commits is not in "${target.database.file}". End it, and start it again`,
        );
      });
    });
  });
});
