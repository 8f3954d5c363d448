import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { runtimeActivities } from '../../../src/activities/runtime/runtime-activities.ts';
import { APP, isRoot, NEEDS_ROOT } from '../../support/application-user.ts';
import { LIVES } from './support/applications.ts';
import { linesOf, test } from './support/of-app.ts';

describe.skipIf(!isRoot)(
  `the log of an application that has a user of its own (${NEEDS_ROOT})`,
  () => {
    for (const [how, plant] of [
      ['a link', symlinkSync],
      ['a second name of it', linkSync],
    ] as const)
      test(`writes nothing into a file of root's by ${how} in the place of its log`, async ({
        ofApp,
        treasure,
        targetFor,
      }) => {
        mkdirSync(join(ofApp, 'logs'));
        chownSync(join(ofApp, 'logs'), APP, APP);
        plant(treasure, join(ofApp, 'logs/app.log'));
        const runtime = runtimeActivities(targetFor(LIVES));

        const start = runtime.start();

        await expect(start).rejects.toMatchObject({ type: 'StartFailed' });
        expect(readFileSync(treasure, 'utf8')).toBe('gold\n');
      });

    test('makes no file behind a linked directory of logs', async ({
      ofApp,
      treasure,
      targetFor,
    }) => {
      const place = join(treasure, '..');
      chmodSync(place, 0o755);
      symlinkSync(place, join(ofApp, 'logs'));
      const runtime = runtimeActivities(targetFor(LIVES));

      await expect(runtime.start()).rejects.toThrow(/logs\/app\.log/);

      expect(() => statSync(join(place, 'app.log'))).toThrow(/ENOENT/);
    });

    test('is made as his, with its directory', async ({ ofApp, targetFor }) => {
      const runtime = runtimeActivities(targetFor(LIVES));

      await runtime.start();
      await runtime.stop();

      const owners = ['logs', 'logs/app.log'].map((name) => statSync(join(ofApp, name)));
      expect(owners.map(({ uid, gid }) => [uid, gid])).toEqual([
        [APP, APP],
        [APP, APP],
      ]);
    });

    test('is written where a link of his leads to what is his', async ({ ofApp, targetFor }) => {
      for (const name of ['volume', 'volume/logs']) {
        mkdirSync(join(ofApp, name));
        chownSync(join(ofApp, name), APP, APP);
      }
      symlinkSync(join(ofApp, 'volume/logs'), join(ofApp, 'logs'));
      const runtime = runtimeActivities(targetFor(LIVES));

      await runtime.start();
      await runtime.stop();

      expect(statSync(join(ofApp, 'volume/logs/app.log')).uid).toBe(APP);
    });

    test("goes on with the log that root's start has left", async ({ ofApp, targetFor }) => {
      mkdirSync(join(ofApp, 'logs'));
      writeFileSync(join(ofApp, 'logs/app.log'), 'as root\n', { mode: 0o600 });
      const runtime = runtimeActivities(targetFor(LIVES));

      await runtime.start();
      const lines = await linesOf(runtime, 2);
      await runtime.stop();

      expect(lines).toEqual(['as root', 'up']);
    });
  },
);
