import { Client, Connection } from '@temporalio/client';
import { connectionSettings } from './connection-settings.ts';
import { expectListener } from './expect-listener.ts';
import { UnreachableError } from './unreachable-error.ts';

/** Error: `UnreachableError`. Close `client.connection` when done. */
export async function connect(): Promise<Client> {
  const { connectionOptions, address, namespace } = connectionSettings();
  try {
    await expectListener(address);
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: '5s' });
    return new Client({ connection, namespace });
  } catch (error) {
    throw new UnreachableError(
      `Cannot reach Temporal at ${address}: ${(error as Error).message}`,
      connectionOptions.tls
        ? 'check that the server runs and accepts this client certificate (TEMPORAL_TLS_*)'
        : 'runbook dev, or set TEMPORAL_ADDRESS; a server that demands TLS answers like one that is down',
    );
  }
}
