import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { type Cluster, startCluster, whyNoPostgres } from '../../../support/postgres.ts';
import { test as base } from '../../../support/postgres-target.ts';
import { backUp, createSystems, NEXT, STAMP } from './support.ts';

/** Its certificate is for 127.0.0.1, and signed by itself. */
const test = base.extend<{ keys: string; cluster: Cluster }>({
  keys: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const keys = mkdtempSync(join(tmpdir(), 'tls-'));
      const at = (name: string) => join(keys, name);
      for (const [name, subject] of [
        ['server', 'subjectAltName=IP:127.0.0.1'],
        ['other', 'subjectAltName=DNS:elsewhere.example'],
      ] as const)
        execFileSync(
          'openssl',
          [
            'req',
            '-x509',
            '-newkey',
            'ec',
            '-pkeyopt',
            'ec_paramgen_curve:prime256v1',
            '-nodes',
            '-days',
            '2',
          ]
            .concat(['-subj', '/CN=test', '-addext', subject])
            .concat(['-keyout', at(`${name}.key`), '-out', at(`${name}.crt`)]),
          { stdio: 'pipe' },
        );
      chmodSync(keys, 0o755);
      copyFileSync(at('server.crt'), at('ca.crt'));
      if (process.getuid?.() === 0) {
        const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres']).toString());
        chownSync(at('server.key'), id('-u'), id('-g'));
      }
      await use(keys);
      rmSync(keys, { recursive: true });
    },
    { scope: 'file' },
  ],
  cluster: [
    async ({ keys }, use) => {
      const cluster = await startCluster([
        'ssl=on',
        `ssl_cert_file=${join(keys, 'server.crt')}`,
        `ssl_key_file=${join(keys, 'server.key')}`,
      ]);
      await use(cluster);
      await cluster.stop();
    },
    { scope: 'file' },
  ],
});

const hasOpenssl = existsSync('/usr/bin/openssl');

describe.skipIf(whyNoPostgres ?? (hasOpenssl ? undefined : 'openssl is missing'))(
  'PostgreSQL behind TLS',
  () => {
    test('is backed up and restored by a certificate that is checked, by our client and by pg_dump', async ({
      world,
      keys,
      server,
    }) => {
      const secure = {
        ...world,
        database: {
          ...world.database,
          tls: { mode: 'verify-full' as const, ca: join(keys, 'ca.crt') },
        },
      };
      const systems = createSystems(secure, 'test');

      const { backup } = await backUp(systems);
      const staged = await systems.database.stage(backup, NEXT);

      expect(staged.rows).toBe(500);
      expect(
        await server.sql(
          `select count(*)::int as open from pg_stat_ssl s join pg_stat_activity a using (pid) where a.usename = 'operations' and not s.ssl`,
        ),
      ).toEqual([{ open: 0 }]);
      await systems.database.unstage(NEXT);
    });

    test('is refused when its certificate is another one, and nothing is sent', async ({
      world,
      keys,
    }) => {
      for (const tls of [
        { mode: 'verify-full' as const, ca: join(keys, 'other.crt') },
        // Signed by none that this machine trusts.
        { mode: 'verify-full' as const },
      ]) {
        const { backups } = createSystems(
          { ...world, database: { ...world.database, tls } },
          'test',
        );
        await expect(backups.snapshot(STAMP)).rejects.toMatchObject({
          message: expect.stringMatching(/certificate|self.signed/i),
        });
        await backups.discard(STAMP);
      }
    });
  },
);
