import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity } from 'age-encryption';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { startRedis } from '../../activities/redis/support/start-redis.ts';
import { openServed, type Served } from '../../cli/support/served.ts';
import { type MailServer, startMailServer } from '../../notify/channels/support/mail-server.ts';
import { APP, giveTo, isRoot, NEEDS_ROOT } from '../../support/application-user.ts';
import { closedCheckout } from '../../support/closed-checkout.ts';
import { TIMEOUT } from '../../support/timeouts.ts';

import { type, applicationOf, uidOf, filesIn, allArguments } from './support.ts';

const closed = closedCheckout();
const skipped = !isRoot || closed !== undefined;

/** Each is found again wherever it lies, and nowhere is it to be found. */
const CANARIES = {
  CANARY_WEBHOOK_SECRET: 'whsec_Y2FuYXJ5LXdlYmhvb2stOWExYjJjM2Q0ZTVm',
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
    let mail: MailServer;
    let cache: Awaited<ReturnType<typeof startRedis>>;
    let redis: Redis;
    /** Where keys lie, and what is no part of the product. */
    let outside: string;
    let words: readonly string[];
    const received: string[] = [];

    beforeAll(async () => {
      Object.assign(process.env, CANARIES);
      outside = mkdtempSync(join(tmpdir(), 'canaries-'));
      const identity = await generateIdentity();
      words = [...WORDS, identity.slice('AGE-SECRET-KEY-'.length)];
      writeFileSync(join(outside, 'backup.key'), `${identity}\n`, { mode: 0o600 });
      mail = await startMailServer();
      process.env['CANARY_SMTP'] = `smtp://ops:canary-smtp-4f1d@${mail.host}`;
      cache = await startRedis(outside);
      redis = new Redis(cache.port);
      await redis.set('app:chart', 'old');
      // Not by an argument: those of all programs are searched.
      await redis.config('SET', 'requirepass', 'canary-redis-77ab');
      process.env['CANARY_REDIS'] = `redis://:canary-redis-77ab@127.0.0.1:${cache.port}`;
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
        backups: {
          directory: 'backups',
          encryption: { key: `file:${join(outside, 'backup.key')}` },
        },
      } as never);
      const { target, systems } = served;
      await served.stopWorker();
      Object.assign(target, {
        cache: { kind: 'redis', url: 'env:CANARY_REDIS', scope: 'prefix:app:' },
      });
      writeFileSync(join(served.targets, `${target.name}.yaml`), stringify(target));
      await served.startWorker();
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
      redis.disconnect();
      await cache.server.stop();
      await mail.close();
      rmSync(outside, { recursive: true });
      const made = ['CANARY_WEBHOOK', 'CANARY_SMTP', 'CANARY_REDIS'];
      for (const name of [...Object.keys(CANARIES), ...made]) delete process.env[name];
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
      await vi.waitFor(() => expect([received.length, mail.mails.length]).not.toContain(0), {
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
        ['mails', JSON.stringify(mail.mails)] as const,
        ['answers', JSON.stringify([backup, recovery, drill, incident])] as const,
      ];
      const found = texts.flatMap(([where, text]) =>
        words.filter((word) => text.includes(word)).map((word) => `${word} in ${where}`),
      );

      // Each of them was used.
      expect(await redis.exists('app:chart')).toBe(0);
      expect(files.filter((file) => file.endsWith('.age'))).not.toEqual([]);
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
