import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startLifeline } from '../../../src/dev/server/lifeline.ts';
import { runbook } from '../../cli/support/runbook.ts';
import { type Cluster, whyNoPostgres } from '../../support/postgres.ts';
import { reservedPort } from '../../support/reserved-port.ts';
import { TIMEOUT } from '../../support/timeouts.ts';
import { makeCertificates } from './certificates.ts';
import { persistenceOn, PLAIN, startDatabase } from './two-servers.ts';

const PGBOUNCER = '/usr/sbin/pgbouncer';
const whyNot =
  whyNoPostgres ??
  (existsSync(PGBOUNCER) ? undefined : 'PgBouncer is not installed: apt-get install pgbouncer');

interface Finding {
  readonly subject: string;
  readonly state: string;
  readonly finding: string;
  readonly hint?: string;
}

describe.skipIf(whyNot !== undefined)(
  `runbook doctor --temporal-config (${whyNot ?? 'PostgreSQL, PgBouncer'})`,
  () => {
    let directory: string;
    let database: Cluster;

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'pooled-'));
      chmodSync(directory, 0o755);
      makeCertificates(directory);
      database = await startDatabase(directory);
      await database.sql('create database temporal owner temporal');
      await database.sql('create database temporal_visibility owner temporal');
    });
    afterAll(async () => {
      await database?.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    test('finds nothing wrong with a server that is called itself, by TLS as docs/cluster.md has it', async () => {
      const { findings } = await look(persistenceOn(database.port, directory));

      expect(findings.map(({ state, finding }) => [state, finding])).toEqual([
        ['ok', `temporal at 127.0.0.1:${database.port}: each connection is its own`],
        ['ok', `temporal_visibility at 127.0.0.1:${database.port}: each connection is its own`],
      ]);
    });

    // Whether others use the pool at the same time, as Temporal does, or nobody.
    test.each([0, 8])('finds a pool of transactions, and %i others that use it', async (others) => {
      const port = await startPooler('transaction');
      await use(port, others);

      const { findings, exitCode } = await look(untold(port));

      expect(findings.map(({ state }) => state)).toEqual(['missing', 'missing']);
      for (const { finding, hint } of findings) {
        expect(finding).toContain('is behind a pooler that pools transactions');
        expect(hint).toContain('pool_mode = session');
      }
      expect(exitCode).toBe(1);
    });

    test.each([0, 8])('lets a pool of sessions pass, and %i others that use it', async (others) => {
      const port = await startPooler('session');
      await use(port, others);

      const { findings } = await look(untold(port));

      expect(findings.map(({ state }) => state)).toEqual(['ok', 'ok']);
    });

    test('says why it could not look, and never the password', async () => {
      const refused = await look(untold(database.port).replaceAll(PLAIN, 'wrongsecret'));
      const template = await look('persistence: {{ env "STORES" }} wrongsecret');

      expect(refused.findings.map(({ state }) => state)).toEqual(['optional', 'optional']);
      expect(refused.findings[0]!.finding).toMatch(/cannot be looked at: .*password/);
      expect(template.findings[0]!.finding).toContain('is no configuration of a Temporal server');
      expect(JSON.stringify([refused, template])).not.toContain('wrongsecret');
    });

    async function look(text: string) {
      const file = join(directory, 'config.yaml');
      writeFileSync(file, text);
      const { stdout, exitCode } = await runbook(['doctor', '--temporal-config', file, '--json']);
      const findings = (JSON.parse(stdout) as Finding[]).filter(({ subject }) =>
        subject.startsWith('Tables of Temporal'),
      );
      return { findings, exitCode };
    }

    /** Without TLS. */
    function untold(port: number): string {
      return persistenceOn(port, directory).replace(/tls: \{.*\}/, 'tls: { enabled: false }');
    }

    async function startPooler(mode: string): Promise<number> {
      const port = await reservedPort();
      const place = mkdtempSync(join(tmpdir(), 'pooler-'));
      onTestFinished(() => rmSync(place, { recursive: true, force: true }));
      const file = join(place, 'pgbouncer.ini');
      writeFileSync(join(place, 'users.txt'), `"temporal" "${PLAIN}"\n`);
      writeFileSync(
        file,
        `[databases]
* = host=127.0.0.1 port=${database.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${place}/users.txt
pool_mode = ${mode}
default_pool_size = 20
`,
      );
      const isRoot = process.getuid?.() === 0;
      const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres']).toString());
      // It refuses root.
      const lower = isRoot
        ? ['setpriv', `--reuid=${id('-u')}`, `--regid=${id('-g')}`, '--clear-groups']
        : [];
      if (isRoot) chownSync(place, id('-u'), id('-g'));
      const [program, ...words] = [...lower, PGBOUNCER, file];
      const log = join(place, 'log');
      const running = await startLifeline(program, words, { grace: 1000, log });
      onTestFinished(() => running.stop());
      await vi.waitFor(async () => (await connected(port)).end(), TIMEOUT);
      return port;
    }

    async function connected(port: number): Promise<Client> {
      const login = { host: '127.0.0.1', port, database: 'temporal', user: 'temporal' };
      const client = new Client({ ...login, password: PLAIN });
      client.on('error', () => {});
      await client.connect();
      return client;
    }

    /** Transactions of some milliseconds, all the time. */
    async function use(port: number, others: number): Promise<void> {
      const over = new AbortController();
      const clients = await Promise.all(Array.from({ length: others }, () => connected(port)));
      const uses = clients.map(async (client) => {
        while (!over.signal.aborted) await client.query('select pg_sleep(0.003)');
        await client.end();
      });
      onTestFinished(async () => {
        over.abort();
        await Promise.all(uses);
      });
    }
  },
);
