import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { runtimeActivities } from '../../../src/activities/runtime/runtime-activities.ts';
import { processTable } from '../../../src/os/process/process-table.ts';
import { eventually, LIVES, recordOf, test } from './support/applications.ts';

describe('runtime.describe', () => {
  test('counts a zombie as not running', async ({ targetFor, directory, begin }) => {
    const target = targetFor(LIVES);
    const parent = begin(`setsid sh -c 'echo $$ > "${directory}/pid"' & exec sleep 300`);
    const zombie = await eventually(async () => {
      const pid = Number(await readFile(join(directory, 'pid'), 'utf8').catch(() => 'NaN'));
      return processTable().find((entry) => entry.pid === pid && entry.state === 'Z');
    });
    expect(zombie).toMatchObject({ parent: parent.pid, group: zombie.pid });
    await recordOf(target, zombie);

    expect(await runtimeActivities(target).describe()).toEqual({
      running: false,
      detail: 'Not running',
    });
  });

  test('finds the application again after its state directory was deleted', async ({
    targetFor,
  }) => {
    const target = targetFor(LIVES);
    const runtime = runtimeActivities(target);
    await runtime.start();
    await rm(target.state, { recursive: true });

    expect((await runtime.start()).changed).toBe(false);
  });
});

describe('a record of processes that is spoilt', () => {
  test.for(['', 'null', '[]', '{"pid":"1"}', '{"pid":-1,"startTime":"0"}', '\0\u{1F4A9}'])(
    'hides no application that runs, and keeps nobody from stopping it: %j',
    async (spoilt, { targetFor }) => {
      const target = targetFor(LIVES);
      const runtime = runtimeActivities(target);
      await runtime.start();
      await writeFile(join(target.state, 'process.json'), spoilt);

      const seen = await runtime.describe();
      const stopped = await runtime.stop();

      expect(seen).toEqual({ running: true, detail: expect.stringMatching(/^pid \d+/) });
      expect(stopped.changed).toBe(true);
      expect(await runtime.describe()).toEqual({ running: false, detail: 'Not running' });
    },
  );
});

describe('runtime.logs', () => {
  test('gives the last lines, and none before the first start', async ({
    directory,
    targetFor,
  }) => {
    const runtime = runtimeActivities(
      targetFor('for n in 1 2 3 4 5; do echo "line $n"; done; exit 1'),
    );
    expect(await runtime.logs(2)).toEqual({ lines: [] });

    await runtime.start().catch(() => {});

    expect(await runtime.logs(2)).toEqual({ lines: ['line 4', 'line 5'] });
    expect(existsSync(join(directory, 'logs/app.log'))).toBe(true);
  });
});
