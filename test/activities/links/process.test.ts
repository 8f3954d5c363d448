import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { runtimeActivities } from '../../../src/activities/runtime/runtime-activities.ts';
import { processTable } from '../../../src/os/process/process-table.ts';
import { openClaim } from '../../../src/state/claim.ts';
import { giveAway, isRoot, makeCanary } from '../../support/other-user.ts';
import { LIVES, test } from '../runtime/support/applications.ts';
import { refusal } from '../database/support/fixtures.ts';

/** A process of root in a group of its own, and the record that would name it as the application. */
async function victim() {
  const child = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });
  await sleep(20);
  const { startTime } = processTable().find(({ pid }) => pid === child.pid)!;
  return {
    record: JSON.stringify({ pid: child.pid, startTime, startedAt: new Date().toISOString() }),
    isAlive: () => child.exitCode === null && child.signalCode === null,
    end: () => child.kill('SIGKILL'),
  };
}

describe.skipIf(!isRoot)(
  'a record of processes that the application has written (needs root)',
  () => {
    for (const how of ['file', 'directory', 'link'] as const)
      test(`ends no process of root: its ${how} is the application's`, async ({
        directory,
        targetFor,
      }) => {
        const target = targetFor(LIVES);
        const root = await victim();
        mkdirSync(target.state);
        const file = join(target.state, 'process.json');
        writeFileSync(file, root.record);
        if (how === 'file') giveAway(file);
        if (how === 'directory') giveAway(target.state);
        if (how === 'link') {
          renameSync(target.state, join(directory, 'theirs'));
          giveAway(join(directory, 'theirs'), directory);
          symlinkSync(join(directory, 'theirs'), target.state);
        }

        const stopped = await runtimeActivities(target).stop();
        const alive = root.isAlive();
        root.end();

        expect(alive).toBe(true);
        expect(stopped.changed).toBe(false);
      });

    test('is believed when it is ours, which shows that it is read', async ({ targetFor }) => {
      const target = targetFor(LIVES);
      const root = await victim();
      mkdirSync(target.state);
      writeFileSync(join(target.state, 'process.json'), root.record);

      const stopped = await runtimeActivities(target).stop();
      await sleep(50);

      expect(stopped.changed).toBe(true);
      expect(root.isAlive()).toBe(false);
    });
  },
);

describe.skipIf(!isRoot)(
  'an application whose log is a link to a file of root (needs root)',
  () => {
    test('is not started, and nothing is appended there or read from there', async ({
      directory,
      targetFor,
    }) => {
      const target = targetFor(LIVES);
      const canary = makeCanary();
      const { log } = target.runtime as { log: string };
      const file = join(directory, log);
      mkdirSync(dirname(file));
      symlinkSync(canary.file('app.log'), file);
      giveAway(directory, dirname(file));

      const refused = await refusal(runtimeActivities(target).start());
      const read = await refusal(runtimeActivities(target).logs(5));

      expect(refused.message).toMatch(/is a link to .*not followed/);
      expect(read.type).toBe('LinkRefused');
      expect(canary.changes()).toEqual([]);
      rmSync(file);
      await runtimeActivities(target).start();
      expect(readFileSync(file, 'utf8')).toBe('up\n');
      await runtimeActivities(target).stop();
      canary.remove();
    });
  },
);

describe.skipIf(!isRoot)('a state directory of another user (needs root)', () => {
  test('holds no claim of ours', async ({ targetFor }) => {
    const target = targetFor(LIVES);
    mkdirSync(target.state);
    giveAway(target.state);
    const request = {
      stamp: '20260105_020000',
      wait: false,
      preempt: false,
      takeOverIncomplete: false,
      governed: false,
    };

    const others = { isOpen: async () => false, stop: async () => {} };
    const refused = await refusal(openClaim(target).take('some/run', request, others));

    expect(refused).toMatchObject({ type: 'StateUnusable' });
    expect(refused.message).toMatch(
      /belongs to user 65534, so that what lies there cannot be believed: name another/,
    );
  });
});
