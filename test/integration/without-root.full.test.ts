import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { type Answer, main, runbook } from '../cli/support/runbook.ts';
import { openServed, type Served } from '../cli/support/served.ts';
import { APP, giveTo, isRoot, NEEDS_ROOT } from '../support/application-user.ts';
import { closedCheckout } from '../support/closed-checkout.ts';
import { TIMEOUT } from '../support/timeouts.ts';

const closed = closedCheckout();
const skipped = !isRoot || closed !== undefined;

/** Each is found again wherever it lies, and nowhere is it to be found. */
const CANARIES = {
  CANARY_SMTP: 'smtp://ops:canary-smtp-4f1d@127.0.0.1:1',
  CANARY_WEBHOOK_SECRET: 'whsec_Y2FuYXJ5LXdlYmhvb2stOWExYjJjM2Q0ZTVm',
  CANARY_REDIS: 'redis://:canary-redis-77ab@127.0.0.1:1',
  RUNBOOK_GATEWAY_TOKEN: 'canary-token-0c9e',
  TEMPORAL_API_KEY_OF_NOBODY: 'canary-api-key-5d2f',
} as const;
const WORDS = [
  'canary-smtp-4f1d',
  'Y2FuYXJ5LXdlYmhvb2st',
  'canary-hook-path-31aa',
  'canary-redis-77ab',
  'canary-token-0c9e',
  'canary-api-key-5d2f',
];

describe.skipIf(skipped)(
  `a worker that is root, beside an application that is not (${closed ?? NEEDS_ROOT})`,
  () => {
    let served: Served;
    let receiver: Server;
    const received: string[] = [];

    beforeAll(async () => {
      Object.assign(process.env, CANARIES);
      receiver = createServer((request, response) => {
        request.on('data', (data: Buffer) => received.push(String(data)));
        request.on('end', () => response.end('{}'));
      }).listen(0, '127.0.0.1');
      await once(receiver, 'listening');
      const { port } = receiver.address() as AddressInfo;
      process.env['CANARY_WEBHOOK'] = `http://127.0.0.1:${port}/canary-hook-path-31aa`;
      served = await openServed('without-root', {
        channels: {
          hook: {
            kind: 'webhook',
            url: 'env:CANARY_WEBHOOK',
            secret: 'env:CANARY_WEBHOOK_SECRET',
            rings: true,
          },
          mail: { kind: 'smtp', url: 'env:CANARY_SMTP', from: 'runbook@example.org' },
        },
        contacts: { operations: { members: ['ops-1'], email: 'ops@example.org' } },
        escalation: [{ level: 1, to: 'operations', after: '0s' }],
        calendar: { hours: '00:00-23:59', weekend: [] },
      } as never);
      const { target, systems } = served;
      await systems.runtime.stop();
      giveTo(APP, target.directory);
      chmodSync(join(target.directory, '..'), 0o755);
      for (const ours of [target.state, target.backups.directory]) {
        mkdirSync(ours, { recursive: true, mode: 0o700 });
        chownSync(ours, 0, 0);
      }
      await systems.runtime.start();
      await systems.http.expectReady();
    }, 120_000);
    afterAll(async () => {
      await served.close();
      receiver.close();
      for (const name of [...Object.keys(CANARIES), 'CANARY_WEBHOOK']) delete process.env[name];
    });

    test('backs up, recovers and pages, and its secrets are nowhere', async () => {
      const backup = await type(served, 'start', 'daily-backup', '-t', served.target.name);
      const recovery = await type(
        served,
        'start',
        'database-recovery',
        '-t',
        served.target.name,
        '--backup',
        'latest',
      );
      const drill = await type(served, 'start', 'restore-drill', '-t', served.target.name);
      const incident = await served.type(
        'incidents',
        'open',
        'No charts at all',
        '--severity',
        'sev1',
      );
      await vi.waitFor(() => expect(received.length).toBeGreaterThan(0), {
        ...TIMEOUT,
        timeout: 60_000,
      });
      expect(
        [backup, recovery, drill].map(({ exitCode, stderr }) => [
          exitCode,
          exitCode === 0 ? '' : stderr,
        ]),
      ).toEqual([
        [0, ''],
        [0, ''],
        [0, ''],
      ]);
      const pid = applicationOf(served);
      const files = [
        ...filesIn(served.target.directory),
        ...filesIn(join(inject('temporal').dataFile, '..')),
      ];
      const texts = [
        ...files.map((file): [string, string] => [file, readFileSync(file, 'latin1')]),
        ...allArguments(),
        ['environment of the application', readFileSync(`/proc/${pid}/environ`, 'utf8')] as const,
        ['messages', received.join('\n')] as const,
        ['answers', JSON.stringify([backup, recovery, drill, incident])] as const,
      ];
      const found = texts.flatMap(([where, text]) =>
        WORDS.filter((word) => text.includes(word)).map((word) => `${word} in ${where}`),
      );

      expect(uidOf(pid)).toBe(APP);
      expect(statSync(served.target.database.file).uid).toBe(APP);
      expect(texts.length).toBeGreaterThan(20);
      // The search itself: what is there in plain is found.
      expect(
        texts.some(
          ([where, text]) => where.includes('temporal') && text.includes(served.target.name),
        ),
      ).toBe(true);
      expect(found).toEqual([]);
    }, 400_000);
  },
);

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
        ...environmentOf(served.target.name, served.targets),
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

/** Types it as an operator who is patient. */
function type({ target, targets }: Served, ...args: string[]): Promise<Answer> {
  return runbook(args, environmentOf(target.name, targets), { timeout: 120_000 });
}

function environmentOf(name: string, targets: string) {
  return {
    RUNBOOK_TARGETS: targets,
    TEMPORAL_ADDRESS: inject('temporal').address,
    TEMPORAL_NAMESPACE: `cli-${name}`,
  };
}

function applicationOf({ target }: Served): number {
  return (JSON.parse(readFileSync(join(target.state, 'process.json'), 'utf8')) as { pid: number })
    .pid;
}

function uidOf(pid: number): number {
  return statSync(`/proc/${pid}`).uid;
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Of all processes that there are: a process may end while it is read. */
function allArguments(): (readonly [string, string])[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [[`arguments of ${pid}`, readFileSync(`/proc/${pid}/cmdline`, 'utf8')] as const];
      } catch {
        return [];
      }
    });
}
