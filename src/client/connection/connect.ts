import { Client, Connection } from '@temporalio/client';
import { channelArgs } from './channel-args.ts';
import { connectionSettings } from './connection-settings.ts';
import { expectListener } from './expect-listener.ts';
import { refusalAt } from './refusal-at.ts';
import { UnreachableError } from './unreachable-error.ts';

/** How long an answer is waited for, in ms. */
const WITHIN = 5000;

/** Error: `UnreachableError`. Close `client.connection` when done. `within`: in ms. */
export async function connect({ within = WITHIN } = {}): Promise<Client> {
  const { connectionOptions, address, namespace } = connectionSettings();
  try {
    await expectListener(address);
    const connection = Connection.lazy({
      ...connectionOptions,
      channelArgs,
      connectTimeout: within,
    });
    try {
      await Promise.race([connection.ensureConnected(), refusalAt(address, connectionOptions)]);
    } catch (error) {
      // Else it would go on trying, and keep the process.
      await connection.close();
      throw error;
    }
    return new Client({ connection, namespace });
  } catch (error) {
    if (error instanceof UnreachableError) throw error;
    throw new UnreachableError(
      `Cannot reach Temporal at ${address}: ${(error as Error).message}`,
      connectionOptions.tls
        ? 'check that the server runs and accepts this client certificate (TEMPORAL_TLS_*)'
        : 'runbook dev, or set TEMPORAL_ADDRESS; a server that demands TLS answers like one that is down',
    );
  }
}
