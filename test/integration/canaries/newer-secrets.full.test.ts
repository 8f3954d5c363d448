import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, inject } from 'vitest';
import { Channel } from '../../../src/config/schema/channels.ts';
import { findOnPath } from '../../../src/dev/server/find-on-path.ts';
import { offsiteBackups } from '../../activities/offsite/support/offsite-backups.ts';
import { type MailServer, startMailServer } from '../../notify/channels/support/mail-server.ts';
import { giveSecret, NAME, OLD, secretIn } from '../../runbooks/rotate-secrets/with-secret.ts';
import { PASSWORD, whyNoPostgres } from '../../support/postgres.ts';
import { test as base } from '../../support/run.ts';
import {
  type BucketServer,
  hasVersitygw,
  NEEDS_VERSITYGW,
  SENDER,
  startBucketServer,
} from '../../support/s3/bucket-server.ts';
import { test as onPostgres } from '../postgres/on-temporal.ts';
import { watchProcesses } from './watch-processes.ts';
import { spellings, whereItStands } from './where-it-stands.ts';

const hasRedis = findOnPath('redis-server') !== undefined && findOnPath('redis-cli') !== undefined;
const MAIL_PASSWORD = 'canary-mail-5e0b';
const temporal = () => dirname(inject('temporal').dataFile);

/** The keys of the bucket, and that of the backups, lie where nothing of this target does. */
const test = base
  .extend<{ server: BucketServer; keys: string; mail: MailServer }>({
    server: async ({}, use) => {
      const server = await startBucketServer();
      await use(server);
      await server.stop();
    },
    keys: async ({}, use) => {
      const keys = mkdtempSync(join(tmpdir(), 'keys-'));
      await use(keys);
      rmSync(keys, { recursive: true });
    },
    mail: async ({ keys }, use) => {
      const mail = await startMailServer();
      writeFileSync(join(keys, 'mail'), `smtp://ops:${MAIL_PASSWORD}@${mail.host}`, {
        mode: 0o600,
      });
      await use(mail);
      await mail.close();
    },
  })
  .extend({
    backups: async (
      { server, keys }: { server: BucketServer; keys: string },
      use: (backups: Awaited<ReturnType<typeof offsiteBackups>>) => Promise<void>,
    ) => use(await offsiteBackups(keys, { server })),
  });

describe.skipIf(!hasRedis || !hasVersitygw)(
  `the keys of a bucket, and a secret that is replaced (needs redis-server; ${NEEDS_VERSITYGW})`,
  () => {
    test('are in no file, argument, environment or mail but their own', async ({
      world,
      runs,
      keys,
      mail,
    }) => {
      giveSecret(world);
      Object.assign(world, {
        channels: {
          mail: Channel.parse({
            kind: 'smtp',
            url: `file:${join(keys, 'mail')}`,
            from: 'ops@example.org',
          }),
        },
        contacts: { operations: { members: ['ops-1'], email: 'ops@example.org' } },
        escalation: [{ level: 1, to: 'operations', after: '0s' }],
      });
      const age = readFileSync(join(keys, 'backups.key'), 'utf8').trim();
      const fresh = () => (secretIn(world) === '' ? [] : [secretIn(world)]);
      const all = () => [
        SENDER.secretAccessKey,
        age.slice('AGE-SECRET-KEY-'.length),
        MAIL_PASSWORD,
        OLD,
        ...fresh(),
      ];
      // The tests themselves hand the secret of before to redis-cli.
      const processes = watchProcesses(() => all().flatMap(spellings), ['redis-cli']);

      const backup = await runs.run('daily-backup');
      const sent = await runs.run('send-offsite');
      const rotation = await runs.run(
        'rotate-secrets',
        { secret: NAME },
        { approve: ['generate'], because: 'it is due' },
      );
      const { found, looks, seen } = processes.end();

      expect([backup, sent, rotation].map(({ ending }) => ending.outcome)).toEqual([
        'done',
        'done',
        'done',
      ]);
      expect(secretIn(world)).not.toBe(OLD);
      expect(JSON.stringify(mail.mails)).toContain(NAME);
      expect(looks).toBeGreaterThan(20);
      expect(seen.filter((command) => command.includes('job-process'))).not.toEqual([]);
      // The search itself: what is there in plain is found.
      expect(whereItStands([NAME], [temporal()])).not.toEqual([]);
      expect(whereItStands(all(), [keys]).length).toBe(3);
      const mails = JSON.stringify(mail.mails);
      expect([
        ...whereItStands(all(), [world.directory, temporal()], ['.env']),
        ...found,
        ...all().filter((word) => spellings(word).some((spelling) => mails.includes(spelling))),
      ]).toEqual([]);
    }, 150_000);
  },
);

describe.skipIf(whyNoPostgres)('the password of PostgreSQL', () => {
  onPostgres(
    'is in no file, argument or environment but its own',
    async ({ world, runs, server }) => {
      const processes = watchProcesses(() => spellings(PASSWORD));

      const { ending: made } = await runs.run('daily-backup');
      const { ending: recovered } = await runs.run('database-recovery', { backup: 'latest' });
      const { found, seen } = processes.end();

      expect([made.outcome, recovered.outcome]).toEqual(['done', 'done']);
      expect(seen.filter((command) => command.includes('pg_dump'))).not.toEqual([]);
      expect(whereItStands([server.database], [temporal()])).not.toEqual([]);
      expect(whereItStands([PASSWORD], [world.directory])).toEqual([
        `${PASSWORD} in ${join(world.directory, 'password')}`,
      ]);
      expect([...whereItStands([PASSWORD], [temporal()]), ...found]).toEqual([]);
    },
    150_000,
  );
});
