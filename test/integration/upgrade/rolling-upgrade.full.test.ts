import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { createSystems } from '../../../src/activities/index.ts';
import { startRun } from '../../../src/client/runs/start-run.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { runbook } from '../../cli/support/runbook.ts';
import { makeNamespace } from '../../cli/support/served.ts';
import { startWorkerCommand, type WorkerCommand } from '../../cli/support/worker-command.ts';
import { endingOf } from '../../support/ending-of.ts';
import { startedApplication } from '../../support/started-application.ts';
import { packageOf, releaseBefore } from './package-of.ts';

const NAMESPACE = 'upgrade-rolling';
const MANY = 100;
const NAMES = ['north', 'east', 'south', 'west'];
const RUNBOOKS = ['daily-backup', 'health-check', 'log-rotation', 'restart-application'];
const release = releaseBefore();
const targets: SqliteTarget[] = [];
const started: WorkerCommand[] = [];
let directory: string;
let client: Client;
let env: object;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'rolling-'));
  mkdirSync(join(directory, 'targets'));
  for (const name of NAMES) targets.push(await startedApplication(directory, name));
  const { address } = inject('temporal');
  const connection = await Connection.connect({ address });
  client = new Client({ connection, namespace: NAMESPACE });
  await makeNamespace(client);
  env = {
    RUNBOOK_TARGETS: join(directory, 'targets'),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: NAMESPACE,
  };
});
afterAll(async () => {
  for (const one of started) if (one.process.exitCode === null) await one.end('SIGKILL');
  for (const target of targets) await createSystems(target, 'test').runtime.stop();
  await client.connection.close();
  rmSync(directory, { recursive: true, force: true });
});

describe.skipIf(release === undefined)(
  'a rolling upgrade from the release before (needs a whole clone, or RUNBOOK_UPGRADE_FROM)',
  () => {
    test('loses none of 100 open runs, leaves none standing still, and undoes none', async () => {
      const program = packageOf(release!, join(directory, 'before'));
      const before = startWorkerCommand([...NAMES, '--no-schedules'], env, program);
      started.push(before);
      await before.hears(/^Serving /);
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
      await vi.waitFor(async () => expect(await countOpen()).toBeLessThan(MANY * 0.8), {
        timeout: 120_000,
        interval: 200,
      });
      expect(await before.end('SIGTERM')).toBe(0);
      const open = await countOpen();

      const check = await runbook(['upgrade', 'check', '--json'], env, { timeout: 120_000 });
      const after = startWorkerCommand([...NAMES, '--no-schedules'], env);
      started.push(after);
      await after.hears(/^Serving /);
      const ends = await Promise.all(
        runs.map(async (run) => `${run}: ${(await endingOf({ client }, run)).outcome}`),
      );
      await after.end('SIGTERM');

      expect(open).toBeGreaterThan(MANY * 0.4);
      expect(check.exitCode).toBe(0);
      expect(JSON.parse(check.stdout)).toMatchObject({ misfits: [], lacking: [], unread: [] });
      expect(ends.filter((end) => !end.endsWith(': done'))).toEqual([]);
      expect(after.said.filter((line) => line.includes('does not go on'))).toEqual([]);
    });
  },
);

async function countOpen(): Promise<number> {
  const query = "ExecutionStatus = 'Running' AND WorkflowType != 'serving'";
  return (await client.workflow.count(query)).count;
}
