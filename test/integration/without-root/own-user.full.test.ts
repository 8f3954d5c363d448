import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { main } from '../../cli/support/runbook.ts';
import { openServed, type Served } from '../../cli/support/served.ts';
import { APP, giveTo, isRoot, NEEDS_ROOT } from '../../support/application-user.ts';
import { closedCheckout } from '../../support/closed-checkout.ts';
import { TIMEOUT } from '../../support/timeouts.ts';

import { applicationOf, uidOf } from './support.ts';

const closed = closedCheckout();
const skipped = !isRoot || closed !== undefined;

describe.skipIf(skipped)(
  `a worker that is the application's own user (${closed ?? NEEDS_ROOT})`,
  () => {
    let served: Served;
    let worker: ChildProcess | undefined;
    const said: string[] = [];

    beforeAll(async () => {
      served = await openServed('own-user');
      await served.stopWorker();
      await served.systems.runtime.stop();
      for (const ours of [served.target.state]) rmSync(ours, { recursive: true, force: true });
      giveTo(APP, join(served.target.directory, '..'));
    }, 120_000);
    afterAll(async () => {
      if (worker?.exitCode === null && worker.kill('SIGTERM')) await once(worker, 'exit');
      await served.close();
    });

    test('backs up and recovers, and says what only root can do', async () => {
      const home = join(served.target.directory, '..');
      // What is built is closed to all others.
      chmodSync(inject('built'), 0o755);
      const env = {
        PATH: process.env['PATH'],
        HOME: home,
        NO_COLOR: '1',
        ...served.env,
      };
      const ids = { uid: APP, gid: APP };
      worker = spawn(process.execPath, [main, 'worker', served.target.name, '--no-schedules'], {
        env,
        ...ids,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      worker.stderr!.on('data', (data: Buffer) => said.push(String(data)));
      const typed = async (...args: string[]) => {
        const child = spawn(process.execPath, [main, ...args], {
          env,
          ...ids,
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let text = '';
        child.stdout.on('data', (data: Buffer) => (text += String(data)));
        child.stderr.on('data', (data: Buffer) => (text += String(data)));
        const [code] = await once(child, 'close');
        return { code: code as number, text };
      };

      await vi.waitFor(() => expect(said.join('')).toMatch(/Serving own-user/), {
        ...TIMEOUT,
        timeout: 60_000,
      });
      const backup = await typed('start', 'daily-backup', '-t', served.target.name);
      const recovery = await typed(
        'start',
        'database-recovery',
        '-t',
        served.target.name,
        '--backup',
        'latest',
      );
      expect(
        [backup, recovery].map(({ code, text }) => [
          code,
          code === 0 ? '' : `${text}${said.join('')}`,
        ]),
      ).toEqual([
        [0, ''],
        [0, ''],
      ]);
      expect(uidOf(applicationOf(served))).toBe(APP);
      expect(statSync(served.target.database.file).uid).toBe(APP);
    }, 400_000);
  },
);
