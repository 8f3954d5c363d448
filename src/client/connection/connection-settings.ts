import { loadClientConnectConfig } from '@temporalio/envconfig';
import { knownDoor } from '../../door/known-door.ts';
import { tlsOf } from '../../door/connection-to.ts';

const DEFAULT_ADDRESS = '127.0.0.1:7233';
const DEFAULT_NAMESPACE = 'runbooks';

export interface TemporalPlace {
  readonly address: string;
  readonly namespace: string;
}

/**
 * Where Temporal is: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the other TEMPORAL_* settings, or its configuration file. What opens the
 * door of an embedded server on this machine is found by itself, unless they say something about TLS. `at`: that server instead.
 */
export function connectionSettings(at?: string): TemporalPlace & {
  connectionOptions: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
} {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const address = at ?? connectionOptions.address ?? DEFAULT_ADDRESS;
  const key = connectionOptions.tls === undefined ? knownDoor(address)?.key : undefined;
  return {
    connectionOptions: { ...connectionOptions, address, ...(key && { tls: tlsOf(key) }) },
    address,
    namespace: namespace ?? DEFAULT_NAMESPACE,
  };
}
