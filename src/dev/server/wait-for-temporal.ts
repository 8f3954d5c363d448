import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type ConnectionOptions } from '@temporalio/client';

export interface AwaitedServer {
  readonly address: string;
  /** What else a connection needs. */
  readonly connectionOptions: ConnectionOptions;
  readonly namespace: string;
  /** Settles when the server's process has ended: then there is nothing to wait for. */
  readonly ended: Promise<number>;
}

/** It answers after 0.5 s; after kill -9 on a slow disk it first replays its journal. */
const LIMIT = 30_000;

/** Waits until the server serves the namespace: it accepts connections a little earlier. */
export async function waitForTemporal(server: AwaitedServer): Promise<void> {
  const { address, connectionOptions, namespace } = server;
  const options = { ...connectionOptions, address };
  const deadline = Date.now() + LIMIT;
  const dead = server.ended.then((code) => {
    throw new ServerEnded(`The Temporal server ended with exit code ${code}`);
  });
  dead.catch(() => {});
  for (;;) {
    try {
      return await Promise.race([expectNamespace(options, namespace), dead]);
    } catch (error) {
      if (error instanceof ServerEnded) throw error;
      const { message } = error as Error;
      if (Date.now() > deadline)
        throw new Error(`No Temporal server on ${address} after ${LIMIT / 1000} s (${message})`, {
          cause: error,
        });
      await sleep(100);
    }
  }
}

class ServerEnded extends Error {}

async function expectNamespace(options: ConnectionOptions, namespace: string): Promise<void> {
  // The default pause of 1 s between two tries to connect would be most of the start.
  const channelArgs = { 'grpc.initial_reconnect_backoff_ms': 50 };
  const connection = await Connection.connect({ ...options, connectTimeout: 2000, channelArgs });
  try {
    await connection.withDeadline(Date.now() + 5000, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
  } finally {
    await connection.close();
  }
}
