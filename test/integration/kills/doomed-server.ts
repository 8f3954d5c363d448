import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { inject } from 'vitest';
import { prepareNamespace } from '../../../src/client/connection/prepare-namespace.ts';
import { startTemporal } from '../../../src/dev/server/start-temporal.ts';
import { reservedPort } from '../../support/reserved-port.ts';

export interface DoomedServer {
  readonly client: Client;
  readonly address: string;
  readonly namespace: string;
  /** Every kill so far, in ms since 1970. */
  readonly kills: readonly number[];
  /** Resolves when the server answers. */
  up(): Promise<void>;
  /** Kills it with -9, and resolves when that is done: it is started again on the same file and port. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

const NAMESPACE = 'kills';

/** A Temporal server of the test's own, which dies and comes again. */
export async function openDoomedServer(directory: string): Promise<DoomedServer> {
  const grpc = await reservedPort();
  const open = () =>
    startTemporal({
      path: inject('temporal').path,
      dataFile: join(directory, 'temporal.db'),
      durability: 'NORMAL',
      namespace: NAMESPACE,
      ui: false,
      ports: { grpc, ui: 1 },
    });
  let server = await open();
  const { address } = server;
  const connection = await Connection.connect({
    address,
    // Whoever watches must not be slower to come back than the workers.
    channelArgs: { 'grpc.max_reconnect_backoff_ms': 500 },
  });
  const client = new Client({ connection, namespace: NAMESPACE });
  await prepareNamespace(client);
  const kills: number[] = [];
  let coming = Promise.resolve();

  async function killNow(up: Promise<void>): Promise<void> {
    await up;
    kills.push(Date.now());
    process.kill(server.pid, 'SIGKILL');
  }

  async function comeAgain(): Promise<void> {
    await server.ended;
    server = await open();
    if (server.address !== address) throw new Error(`It came again at ${server.address}`);
  }

  return {
    client,
    address,
    namespace: NAMESPACE,
    kills,
    up: () => coming,
    kill() {
      const killed = killNow(coming);
      coming = killed.then(comeAgain);
      coming.catch(() => {}); // whoever waits for it hears
      return killed;
    },
    async close() {
      await coming;
      await connection.close();
      await server.stop();
    },
  };
}
