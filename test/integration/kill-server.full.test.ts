import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { describe, expect, inject } from 'vitest';
import { prepareNamespace } from '../../src/client/connection/prepare-namespace.ts';
import { startRun } from '../../src/client/runs/start-run.ts';
import { viewRun } from '../../src/client/runs/view-run.ts';
import { type EmbeddedTemporal, startTemporal } from '../../src/dev/server/start-temporal.ts';
import { addMark, readMarks } from '../support/marks.ts';
import { test } from '../support/run.ts';
import { takeBackup } from '../support/take-backup.ts';
import { TIMEOUT } from '../support/timeouts.ts';
import { attemptsOf, holdersOf, startWorkerProcess } from './survive-kill.ts';

const NAMESPACE = 'killed';

describe('a Temporal server killed with -9', () => {
  test('in the middle of a recovery costs time, and nothing else', async ({
    world,
    systems,
    runs,
  }) => {
    await takeBackup(world);
    addMark(world, 'written after the backup');
    const directory = await mkdtemp(join(tmpdir(), 'killed-'));
    const open = (ports?: { grpc: number; ui: number }): Promise<EmbeddedTemporal> =>
      startTemporal({
        path: inject('temporal').path,
        dataFile: join(directory, 'temporal.db'),
        durability: 'NORMAL',
        namespace: NAMESPACE,
        ui: false,
        ...(ports && { ports }),
      });
    const server = await open();
    const connection = await Connection.connect({ address: server.address });
    const client = new Client({ connection, namespace: NAMESPACE });
    await prepareNamespace(client);
    const worker = await startWorkerProcess({
      address: server.address,
      namespace: NAMESPACE,
      target: world,
      queue: runs.queue,
      codePath: inject('workflowBundle'),
    });

    const run = await startRun(client, {
      runbook: 'database-recovery',
      target: world.name,
      input: { backup: 'latest' },
      by: 'test',
      queue: runs.queue,
    });
    await expect
      .poll(async () => (await viewRun(client, run)).ledger?.[3]?.state, TIMEOUT)
      .not.toBe('pending');
    process.kill(server.pid, 'SIGKILL');
    await server.ended;
    const again = await open({ grpc: Number(server.address.split(':')[1]), ui: 1 });
    await expect.poll(async () => (await viewRun(client, run)).status, TIMEOUT).not.toBe('RUNNING');

    const { ending } = await viewRun(client, run);
    expect(again.address).toBe(server.address);
    expect(ending).toMatchObject({ outcome: 'done', left: [] });
    const types = (await attemptsOf(client, run)).map(({ type }) => type);
    expect(types.filter((type) => type === 'runtime.stop')).toHaveLength(1);
    expect(types.filter((type) => type === 'database.swap')).toHaveLength(1);
    expect(readMarks(world)).toEqual([]);
    expect(await systems.http.isReady()).toBe(true);
    expect(holdersOf(world)).toEqual([]);
    worker.kill();
    await connection.close();
    await again.stop();
    await rm(directory, { recursive: true, force: true });
  });
});
