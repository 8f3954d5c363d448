import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createSystems } from '../../../src/activities/index.ts';
import { startRun } from '../../../src/client/runs/start-run.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { startWorkerCommand, type WorkerCommand } from '../../cli/support/worker-command.ts';
import { endingOf } from '../../support/ending-of.ts';
import { startedApplication } from '../../support/started-application.ts';
import { openIssuer } from './tokens.ts';
import {
  connectionTo,
  makeNamespace,
  startTwoServers,
  type TwoServers,
  whyNotTwo,
} from './two-servers.ts';

const NAMESPACE = 'runbooks';
const MANY = 90;
const NAMES = ['north', 'east', 'south', 'west'];
const RUNBOOKS = ['daily-backup', 'health-check', 'log-rotation', 'restart-application'];

describe.skipIf(whyNotTwo !== undefined)(
  `two servers by docs/cluster.md (${whyNotTwo ?? 'Temporal, PostgreSQL, HAProxy, mTLS, JWT'})`,
  () => {
    const issuer = openIssuer();
    const admin = issuer.token('admin', ['temporal-system:admin', 'runbooks:admin']);
    const token = issuer.token('worker', ['runbooks:admin', 'runbooks:write']);
    const targets: SqliteTarget[] = [];
    const workers: WorkerCommand[] = [];
    let directory: string;
    let cluster: TwoServers;
    let client: Client;

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'two-servers-'));
      mkdirSync(join(directory, 'targets'));
      for (const name of NAMES) targets.push(await startedApplication(directory, name));
      cluster = await startTwoServers(directory, issuer.jwks);
      await makeNamespace(connectionTo(cluster, admin), NAMESPACE);
      const connection = await Connection.connect(connectionTo(cluster, token));
      client = new Client({ connection, namespace: NAMESPACE });
      const env = {
        RUNBOOK_TARGETS: join(directory, 'targets'),
        TEMPORAL_ADDRESS: cluster.address,
        TEMPORAL_NAMESPACE: NAMESPACE,
        TEMPORAL_API_KEY: token,
        TEMPORAL_TLS_CLIENT_CERT_PATH: cluster.file('person.pem'),
        TEMPORAL_TLS_CLIENT_KEY_PATH: cluster.file('person.key'),
        TEMPORAL_TLS_SERVER_CA_CERT_PATH: cluster.file('ca.pem'),
      };
      for (const names of [NAMES.slice(0, 2), NAMES.slice(2), []])
        workers.push(startWorkerCommand([...names, '--no-schedules'], env));
      for (const worker of workers) await worker.hears(/^Serving /);
    }, 300_000);
    afterAll(async () => {
      for (const worker of workers) await worker.end('SIGTERM');
      await client?.connection.close();
      await cluster?.stop();
      for (const target of targets) await createSystems(target, 'test').runtime.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    test('end all of 90 runs whichever of them is killed, no step twice, and stand still for less than 30 s', async () => {
      const runs = await Promise.all(
        Array.from({ length: MANY }, (_, index) =>
          startRun(client, {
            runbook: RUNBOOKS[Math.floor(index / NAMES.length) % RUNBOOKS.length]!,
            target: NAMES[index % NAMES.length]!,
            input: {},
            by: 'test',
          }),
        ),
      );
      const kills: Date[] = [];
      for (const [nth, left] of [0.8, 0.45].entries()) {
        await vi.waitFor(async () => expect(await countOpen()).toBeLessThan(MANY * left), {
          timeout: 240_000,
          interval: 500,
        });
        const one = cluster.servers[nth]!;
        kills.push(new Date());
        process.kill(one.server.pid, 'SIGKILL');
        await one.server.ended;
        await new Promise((done) => setTimeout(done, 15_000));
        cluster.servers[nth] = await one.startAgain();
        await new Promise((done) => setTimeout(done, 10_000));
      }
      expect(await countOpen()).toBeGreaterThan(0);
      const endings = await Promise.all(runs.map((run) => endingOf({ client }, run)));
      const completed: number[] = [];
      const twice: string[] = [];
      for (const run of runs) {
        const { events } = await client.workflow.getHandle(run).fetchHistory();
        const seen = new Set<string>();
        for (const event of events ?? []) {
          const done = event.activityTaskCompletedEventAttributes;
          if (!done) continue;
          completed.push(Number(event.eventTime!.seconds) * 1000);
          if (seen.has(String(done.scheduledEventId))) twice.push(run);
          seen.add(String(done.scheduledEventId));
        }
      }
      const times = completed.toSorted((one, other) => one - other);
      const stalls = kills.map((kill) =>
        Math.max(
          ...times
            .slice(1)
            .map((time, index) =>
              time > kill.getTime() && times[index]! < kill.getTime() + 60_000
                ? time - times[index]!
                : 0,
            ),
        ),
      );

      expect(endings.map(({ outcome }) => outcome).filter((one) => one !== 'done')).toEqual([]);
      expect(
        endings.flatMap(({ ledger }) => ledger.filter(({ attempt = 1 }) => attempt > 1)),
      ).toEqual([]);
      expect(twice).toEqual([]);
      expect(Math.max(...stalls)).toBeLessThan(30_000);
    }, 600_000);

    async function countOpen(): Promise<number> {
      const query = "ExecutionStatus = 'Running' AND WorkflowType != 'serving'";
      return (await client.workflow.count(query)).count;
    }
  },
);
