import { once } from 'node:events';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { describe, expect, inject } from 'vitest';
import { prepareNamespace } from '../../src/client/connection/prepare-namespace.ts';
import { startRun } from '../../src/client/runs/start-run.ts';
import { type RunView, viewRun } from '../../src/client/runs/view-run.ts';
import { readRunReports } from '../../src/activities/records/run-reports.ts';
import { backUpData } from '../../src/dev/data/back-up-data.ts';
import { restoreData } from '../../src/dev/data/restore-data.ts';
import { startTemporal } from '../../src/dev/server/start-temporal.ts';
import { reading, unfinishedIn } from '../../src/state/claim-database.ts';
import { addMark } from '../support/marks.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { test } from '../support/run.ts';
import { takeBackup } from '../support/take-backup.ts';
import { TIMEOUT } from '../support/timeouts.ts';
import { holdersOf, startWorkerProcess } from './survive-kill.ts';

const NAMESPACE = 'copied';
const RUNS = 50;
const KINDS = ['restart-application', 'daily-backup', 'health-check', 'log-rotation'];

describe(`the file of Temporal, copied while ${RUNS} runs are open`, () => {
  test(
    'and put in place after server and worker were killed in a recovery that it does not know: repair mends',
    { timeout: 900_000 },
    async ({ directory, world, systems, runs }) => {
      await using parts = new AsyncDisposableStack();
      const dataFile = join(directory, 'temporal.db');
      const grpc = await reservedPort();
      const open = () =>
        startTemporal({
          path: inject('temporal').path,
          dataFile,
          durability: 'NORMAL',
          namespace: NAMESPACE,
          ui: false,
          ports: { grpc, ui: 1 },
        });
      let server = await open();
      parts.defer(() => server.stop());
      const connection = await Connection.connect({
        address: server.address,
        channelArgs: { 'grpc.max_reconnect_backoff_ms': 500 },
      });
      parts.defer(() => connection.close());
      const client = new Client({ connection, namespace: NAMESPACE });
      await prepareNamespace(client);
      const { queue } = runs;
      const config = {
        address: server.address,
        namespace: NAMESPACE,
        target: world,
        queue,
        codePath: inject('workflowBundle'),
      };
      const start = (runbook: string, input: object = {}) =>
        startRun(client, { runbook, target: world.name, input, by: 'test', queue });
      const openCount = async () =>
        (await client.workflow.count('ExecutionStatus = "Running"')).count;
      const hasActed = (run: string) =>
        !run.startsWith('health-check') && readRunReports(world, run).length > 0;
      await takeBackup(world);
      addMark(world, 'written after the backup');
      const many: string[] = [];
      for (let number = 0; number < RUNS; number += 1)
        many.push(await start(KINDS[number % KINDS.length]!));
      let worker = await startWorkerProcess({
        ...config,
        kill: { activity: 'database.swap', when: 'after' },
      });
      parts.defer(() => void worker.kill('SIGKILL'));

      await expect.poll(() => holdersOf(world).length, TIMEOUT).toBeGreaterThan(0);
      const made = await backUpData(dataFile);
      await expect
        .poll(openCount, { timeout: 200_000, interval: 100 })
        .toBeLessThan(made.openRuns - 8);
      // Readings are beside, and may be all of these.
      await expect
        .poll(() => many.filter(hasActed).length, { timeout: 200_000, interval: 100 })
        .toBeGreaterThan(5);
      const later = await start('database-recovery', { backup: 'latest' });
      await once(worker, 'exit');
      const openAtKill = await openCount();
      process.kill(server.pid, 'SIGKILL');
      await server.ended;
      const bringBack = async () => {
        await restoreData(dataFile, made.file);
        server = await open();
        worker = await startWorkerProcess(config);
        await expect.poll(openCount, { timeout: 300_000, interval: 500 }).toBe(0);
        return Promise.all(many.map((run) => viewRun(client, run)));
      };
      const reports = many.map((run) => JSON.stringify(readRunReports(world, run)));
      const first = tally(await bringBack());
      const incomplete = holdersOf(world);
      const unknown = viewRun(client, later);
      await expect(unknown).rejects.toThrow('not found');
      await client.workflow.getHandle(await start('repair')).result();
      const left = [holdersOf(world), await reading(join(world.state, 'claim.db'), unfinishedIn)];
      const isReady = await systems.http.isReady();

      // The same copy once more, now that nothing is incomplete: what has ended since, twice by now, does nothing again.
      worker.kill('SIGKILL');
      await server.stop();
      const second = tally(await bringBack());
      process.stdout.write(
        `${made.openRuns} open at the copy, ${openAtKill} when all was killed\n  incomplete: ${first}\n  repaired: ${second}\n`,
      );

      expect(made.openRuns).toBe(RUNS);
      expect(incomplete).toEqual([later]);
      expect(first).toMatch(/restart-application (TargetIncomplete|RunEnded)/);
      expect(first).not.toMatch(/(restart-application|daily-backup|log-rotation) done/);
      expect(left).toEqual([[], []]);
      expect(isReady).toBe(true);
      expect(holdersOf(world)).toEqual([]);
      expect(second).not.toMatch(/TargetIncomplete|LockLost/);
      // Of what acted, the report of how it really ended stays.
      const acted = many.filter(
        (run, at) => !run.startsWith('health-check') && reports[at] !== '[]',
      );
      expect(acted.length).toBeGreaterThan(5);
      for (const run of acted)
        expect(JSON.stringify(readRunReports(world, run))).toBe(reports[many.indexOf(run)]);
    },
  );
});

/** How many of each runbook ended how: `13 restart-application done`. */
function tally(views: readonly RunView[]): string {
  const ends = views.map(
    ({ runbook, ending }) => `${runbook} ${ending?.failure?.type ?? ending?.outcome}`,
  );
  return Object.entries(Object.groupBy(ends, (end) => end))
    .map(([end, all]) => `${all!.length} ${end}`)
    .join(', ');
}
