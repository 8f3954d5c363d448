import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection } from '@temporalio/worker';
import { describe, expect, inject } from 'vitest';
import { reportFigures } from '../../src/cli/serve/report-figures.ts';
import { grpcCompressionFor } from '../../src/client/connection/grpc-compression-for.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { openFigures } from '../../src/state/figures/open-figures.ts';
import { writeStopped } from '../../src/state/stopped.ts';
import { startWorker } from '../../src/worker.ts';
import { pidOf } from '../support/recovery.ts';
import { type Runs, test } from '../support/run.ts';
import { built } from '../support/built.ts';

const soon = { timeout: 180_000, interval: 100 };

describe('an application that is measured', { timeout: 600_000 }, () => {
  test.for([
    { what: 'dies', signal: 'SIGKILL', seen: 'ECONNREFUSED' },
    { what: 'hangs', signal: 'SIGSTOP', seen: 'Hung: it accepts connections' },
  ] as const)(
    'and $what right after a sample is started again, and seen within two minutes, without Prometheus',
    async (how, { world, systems, runs }) => {
      const rule = {
        match: { alertname: 'ApplicationDown' },
        runbook: 'application-down',
        hold: '2s',
      };
      const target: SqliteTarget = { ...world, alerts: [rule] };
      await using served = await serve(target, runs);
      await expect.poll(() => served.samples(), soon).toBe(1);
      const id = `incident/${target.name}/measured-application-down`;

      process.kill(-(await pidOf(systems))!, how.signal);
      const died = Date.now();
      await expect.poll(() => isKnown(runs.client, id), soon).toBe(true);
      const seen = (Date.now() - died) / 1000;
      await expect.poll(() => isReady(systems), soon).toBe(true);
      served.worker.change(each(target, '1s'));
      const incident = (await runs.client.workflow.getHandle(id).result()) as Incident;

      process.stderr.write(`${how.what}: its incident was open after ${seen.toFixed(1)} s\n`);
      expect(seen).toBeLessThan(120);
      expect(incident.details).toContain(how.seen);
      expect(incident.remediations).toMatchObject([
        { runbook: 'application-down', outcome: 'done' },
      ]);
      expect(incident.timeline.at(-1)).toMatchObject({ what: 'resolved' });
      expect(served.told.filter((line) => line.startsWith('Warning'))).toEqual([]);
    },
  );

  test('opens nothing while it is stopped on purpose, and is not started', async ({
    world,
    systems,
    runs,
  }) => {
    const target = each(world, '1s');
    await systems.runtime.stop();
    writeStopped(target, {
      by: 'anna',
      because: 'a move',
      at: new Date().toISOString(),
      run: 'stop-application/test/20260105_020000',
    });
    await using served = await serve(target, runs);

    await expect.poll(() => served.samples(), soon).toBeGreaterThan(7);
    await sleep(1000);
    expect(await openIncidents(runs.client, target.name)).toEqual([]);
    const store = openFigures(target.state);
    expect(store.newest().find(({ name }) => name === 'app.health')).toMatchObject({
      verdict: 'not applicable',
      note: expect.stringContaining('Stopped on purpose by anna'),
    });
    store.close();
  });
});

/** A worker that measures. */
async function serve(target: SqliteTarget, { client, queue }: Pick<Runs, 'client' | 'queue'>) {
  const { address, namespace } = inject('temporal');
  const connection = await NativeConnection.connect({
    address,
    grpcCompression: grpcCompressionFor(address),
  });
  const report = reportFigures(client, queue);
  const told: string[] = [];
  let samples = 0;
  const worker = await startWorker({
    connection,
    namespace,
    targets: [target],
    searchAttributes: true,
    workflowBundle: { codePath: inject('workflowBundle') },
    jobProcess: built('src/worker-process/job-process.ts'),
    queue,
    sampling: {
      tell: (line) => told.push(line),
      judge: async (...args) => {
        const answer = await report(...args);
        samples += 1;
        return answer;
      },
    },
  });
  return {
    worker,
    told,
    samples: () => samples,
    async [Symbol.asyncDispose]() {
      await worker.stop();
      await connection.close();
    },
  };
}

function each(target: SqliteTarget, every: string): SqliteTarget {
  return { ...target, figures: { ...target.figures, every } };
}

async function isKnown(client: Runs['client'], id: string): Promise<boolean> {
  return client.workflow
    .getHandle(id)
    .describe()
    .then(
      () => true,
      () => false,
    );
}

async function isReady(systems: { http: { expectReady(): Promise<unknown> } }): Promise<boolean> {
  return systems.http.expectReady().then(
    () => true,
    () => false,
  );
}

async function openIncidents(client: Runs['client'], target: string): Promise<string[]> {
  const ids: string[] = [];
  const query = `WorkflowId STARTS_WITH 'incident/${target}/'`;
  for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
  return ids;
}
