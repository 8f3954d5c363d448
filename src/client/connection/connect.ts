import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { expectListener } from './expect-listener.ts';
import { UnreachableError } from './unreachable-error.ts';

const DEFAULT_ADDRESS = '127.0.0.1:7233';
const DEFAULT_NAMESPACE = 'runbooks';

export interface TemporalPlace {
  readonly address: string;
  readonly namespace: string;
}

/** Where Temporal is: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the other TEMPORAL_* settings, or its configuration file. */
export function connectionSettings(): TemporalPlace & {
  connectionOptions: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
} {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  return {
    connectionOptions: {
      ...connectionOptions,
      address: connectionOptions.address ?? DEFAULT_ADDRESS,
    },
    address: connectionOptions.address ?? DEFAULT_ADDRESS,
    namespace: namespace ?? DEFAULT_NAMESPACE,
  };
}

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
