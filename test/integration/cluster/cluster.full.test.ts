import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { main, runbook } from '../../cli/support/runbook.ts';
import { openShop, whyNoShop } from '../../cli/support/shop-to-rotate.ts';
import { isReplaced, NAME } from '../../runbooks/rotate-secrets/with-secret.ts';
import { startStandalone, whyNoServer } from './standalone-server.ts';
import { openIssuer } from './tokens.ts';

const PATIENCE = { timeout: 90_000, interval: 500 };
const why = whyNoServer ?? whyNoShop;

describe.skipIf(why !== undefined)(
  `a standalone server by docs/cluster.md (${why ?? 'Temporal, mTLS, JWT'})`,
  () => {
    let directory: string;
    let standalone: Awaited<ReturnType<typeof startStandalone>>;
    let shop: Awaited<ReturnType<typeof openShop>>;
    let worker: ChildProcess;
    let said = '';
    const issuer = openIssuer();
    const write = ['runbooks:write'];

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'cluster-'));
      shop = await openShop(directory, 'on-cluster', { Ana: 'ana', Ben: 'ben' });
      standalone = await startStandalone(directory, issuer.jwks);
      await makeNamespace();
      worker = spawn(process.execPath, [main, 'worker', 'on-cluster', '--no-schedules'], {
        env: { ...process.env, ...envOf(issuer.token('worker', ['runbooks:admin', ...write])) },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      worker.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
      await vi.waitFor(() => {
        if (!said.includes('Serving')) throw new Error(`${said}\n${standalone.log()}`);
      }, PATIENCE);
    }, 240_000);
    afterAll(async () => {
      if (worker?.exitCode === null && worker.kill('SIGTERM')) await once(worker, 'exit');
      await standalone?.server.stop();
      await shop?.close();
      rmSync(directory, { recursive: true, force: true });
    });

    test('refuses who has no certificate, no token, an old one, one that reads, and the requester; says who did it', async () => {
      const typed = async (who: string, env: object, ...args: readonly string[]) => {
        const { exitCode, stdout, stderr } = await runbook(args, env, { timeout: 120_000 });
        if (process.env['RUNBOOK_SHOW'] !== undefined)
          process.stderr.write(
            `${who}$ runbook ${args.join(' ')}\n${stderr}${stdout}\n[${exitCode}]\n`,
          );
        return { exitCode, text: `${stderr}\n${stdout}` };
      };
      // One login of the machine is one person, whatever tokens it has.
      const ana = { ...envOf(issuer.token('ana', write)), SUDO_USER: 'ana' };
      const ben = { ...envOf(issuer.token('ben', write)), SUDO_USER: 'ben' };
      const start = ['start', 'rotate-secrets', '-t', 'on-cluster', '--secret', NAME];
      const because = ['--because', 'it is due'];
      const { TEMPORAL_TLS_CLIENT_CERT_PATH: _c, TEMPORAL_TLS_CLIENT_KEY_PATH: _k, ...bare } = ana;

      const uncertified = await typed('no certificate', bare, 'runs');
      const tokenless = await typed('no token', { ...ana, TEMPORAL_API_KEY: '' }, 'runs');
      const expired = await typed('expired', envOf(issuer.token('ana', write, -30)), 'runs');
      const elsewhere = await typed(
        'other namespace',
        envOf(issuer.token('eve', ['other:write'])),
        'runs',
      );
      const reader = envOf(issuer.token('rita', ['runbooks:read']));
      const reads = await typed('reader', reader, 'runs');
      const starts = await typed('reader', reader, ...start, ...because);
      const started = await typed('ana', ana, ...start, ...because);
      const run = /rotate-secrets\/on-cluster\/\d{8}_\d{6}/.exec(started.text)![0];
      const own = await typed('ana', ana, 'approve', run);
      const asBen = await typed('ana', ana, 'approve', run, '--by', 'ben');
      const other = await typed('carol', envOf(issuer.token('carol', write)), 'approve', run);
      const before = isReplaced(shop.target);
      const approved = await typed('ben', ben, 'approve', run, '--reason', 'asked by Ana');
      const ended = await typed('ana', ana, 'follow', run);
      const report = await typed('ana', ana, 'report', run);
      const audit = await typed('ana', ana, 'audit', 'show', '-t', 'on-cluster');

      expect([uncertified, tokenless, expired, elsewhere].map(({ exitCode }) => exitCode)).toEqual([
        4, 4, 4, 4,
      ]);
      expect(reads.exitCode).toBe(0);
      expect(starts.exitCode).not.toBe(0);
      expect(starts.text).toMatch(/unauthorized/i);
      expect(started.exitCode).toBe(3);
      expect([own, asBen, other].map(({ exitCode }) => exitCode)).toEqual([2, 2, 2]);
      expect(own.text).toMatch(
        /ana \(principal\)( for "\S+")? started this run, and cannot answer/,
      );
      expect(asBen.text).toMatch(/ana \(principal\) for "ben" started this run, and cannot answer/);
      expect(other.text).toMatch(/carol \(principal\)( for "\S+")? may not answer for this target/);
      expect(before).toBe(false);
      expect([approved.exitCode, ended.exitCode]).toEqual([0, 0]);
      expect(isReplaced(shop.target)).toBe(true);
      expect(report.text).toMatch(/by ana \(principal\)/);
      expect(report.text).toMatch(/approved "generate" by ben \(principal\)/);
      expect(audit.text).toMatch(/ben \(principal\)( for "\S+")?: approved "generate"/);
    }, 400_000);

    function envOf(token: string) {
      const { address, file } = standalone;
      return {
        TEMPORAL_ADDRESS: address,
        TEMPORAL_NAMESPACE: 'runbooks',
        TEMPORAL_API_KEY: token,
        TEMPORAL_TLS_CLIENT_CERT_PATH: file('person.pem'),
        TEMPORAL_TLS_CLIENT_KEY_PATH: file('person.key'),
        TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('ca.pem'),
        RUNBOOK_TARGETS: shop.targets,
      };
    }

    async function makeNamespace(): Promise<void> {
      const { address, file } = standalone;
      const read = (name: string) => readFileSync(file(name));
      await vi.waitFor(async () => {
        const connection = await Connection.connect({
          address,
          apiKey: issuer.token('admin', ['temporal-system:admin', 'runbooks:admin']),
          connectTimeout: 5000,
          tls: {
            serverRootCACertificate: read('ca.pem'),
            clientCertPair: { crt: read('person.pem'), key: read('person.key') },
          },
        });
        try {
          await connection.workflowService.registerNamespace({
            namespace: 'runbooks',
            workflowExecutionRetentionPeriod: { seconds: (90 * 86_400) as never },
          });
        } catch (error) {
          if (!/already/i.test((error as Error).message)) throw error;
        } finally {
          await connection.close();
        }
      }, PATIENCE);
    }
  },
);
