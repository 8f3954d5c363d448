import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { reservedPort } from '../../support/reserved-port.ts';
import { expect } from 'vitest';
import { findTemporal } from '../../../src/dev/server/find-temporal.ts';
import { type EmbeddedTemporal, startTemporal } from '../../../src/dev/server/start-temporal.ts';

export interface DataWorld {
  readonly directory: string;
  readonly file: string;
  /** What starts have said. */
  readonly said: string[];
  start(): Promise<EmbeddedTemporal>;
  /** The ids of what is open. */
  openRuns(server: EmbeddedTemporal): Promise<string[]>;
  beginRuns(server: EmbeddedTemporal, ...ids: readonly string[]): Promise<void>;
  stop(): Promise<void>;
  end(): Promise<void>;
}

/** A real server on a file of its own. */
export async function openDataWorld(): Promise<DataWorld> {
  const { path } = await findTemporal({ onProgress: () => {} });
  const directory = mkdtempSync(join(tmpdir(), 'temporal-data-'));
  const file = join(directory, 'temporal.db');
  const servers: EmbeddedTemporal[] = [];
  const said: string[] = [];
  const stop = async () => {
    for (const server of servers) await server.stop();
  };
  return {
    directory,
    file,
    said,
    async start() {
      const server = await startTemporal({
        path,
        dataFile: file,
        durability: 'FULL',
        namespace: 'runbooks',
        ui: false,
        ports: { grpc: await reservedPort(), ui: 1 },
        onProgress: (line) => void said.push(line),
      });
      servers.push(server);
      return server;
    },
    beginRuns: (server, ...ids) =>
      withClient(server, async (client) => {
        for (const workflowId of ids)
          await client.workflow.start('anything', { taskQueue: 'nobody', workflowId });
        // Temporal lists them a moment later.
        await expect
          .poll(async () => listed(client), { timeout: 10_000 })
          .toEqual(expect.arrayContaining([...ids]));
      }),
    openRuns: (server) => withClient(server, listed),
    stop,
    async end() {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function listed(client: Client): Promise<string[]> {
  const open: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: 'ExecutionStatus = "Running"' }))
    open.push(workflowId);
  return open.toSorted();
}

async function withClient<Value>(
  { address }: EmbeddedTemporal,
  work: (client: Client) => Promise<Value>,
): Promise<Value> {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection, namespace: 'runbooks' }));
  } finally {
    await connection.close();
  }
}
