import { resolve } from 'node:path';
import { connectionSettings } from '../../client/connection/connection-settings.ts';
import { expectNamespace } from '../../client/connection/expect-namespace.ts';
import { UnreachableError } from '../../client/connection/unreachable-error.ts';
import { environment } from '../../config/environment.ts';
import { UsageError } from '../../config/usage-error.ts';
import { findTemporal } from '../../dev/server/find-temporal.ts';
import {
  type EmbeddedTemporal,
  startTemporal,
  type StartTemporalOptions,
} from '../../dev/server/start-temporal.ts';
import { deliverKeys } from '../../door/deliver-keys.ts';
import { announceDoor, forgetDoors, type KnownDoor } from '../../door/known-door.ts';
import { openWarning } from '../output/open-warning.ts';
import { say } from '../output/say.ts';
import { withClient } from '../run/with-client.ts';

export interface TemporalServer {
  readonly address: string;
  readonly namespace: string;
  /** Whether it was started here, and ends with this process. */
  readonly isOurs: boolean;
  /** Missing: there is none, or only "runbook ui" opens it. */
  readonly uiUrl?: string;
  /** Of a server of our own that is closed. */
  readonly door?: KnownDoor;
  readonly connectionOptions: object;
  stop(): Promise<void>;
}

/** The server that TEMPORAL_ADDRESS names, or one of our own that ends with this process. */
export async function openTemporal(
  options: Pick<StartTemporalOptions, 'dataFile' | 'durability' | 'ports'>,
): Promise<TemporalServer> {
  const { connectionOptions, address, namespace } = connectionSettings();
  const { temporalAddress, temporalUi: uiUrl } = environment();
  if (temporalAddress) {
    await withClient(expectNamespace).catch(orUnset);
    say(`Using the Temporal server at ${address}`);
    return {
      address,
      namespace,
      isOurs: false,
      connectionOptions,
      ...(uiUrl && { uiUrl }),
      stop: async () => {},
    };
  }
  const path = await findServer();
  const server = await startTemporal({
    ...options,
    path,
    namespace,
    ui: true,
    closed: true,
    onProgress: say,
  });
  if (server.openBecause !== undefined) say(`Warning: ${openWarning(server.openBecause)}`);
  return announced(server, namespace, resolve(options.dataFile));
}

/** Who types "dev" may have wanted a server of our own. */
function orUnset(error: unknown): never {
  if (!(error instanceof UnreachableError)) throw error;
  throw new UnreachableError(
    error.message,
    'start the server that TEMPORAL_ADDRESS names; or unset TEMPORAL_ADDRESS, and this starts one of its own',
  );
}

/** As long as it runs, the commands of this user, and of those who are admitted, find it and what opens it. */
async function announced(
  server: EmbeddedTemporal,
  namespace: string,
  dataFile: string,
): Promise<TemporalServer> {
  const { address, connectionOptions, uiUrl, key } = server;
  const door = { address, dataFile, ...(key && { key }), ...(uiUrl && { uiUrl }) };
  announceDoor(door);
  if (key) await deliverKeys(dataFile, address);
  return {
    address,
    namespace,
    isOurs: true,
    connectionOptions,
    ...(uiUrl && { uiUrl }),
    ...(key && { door }),
    async stop() {
      forgetDoors(dataFile);
      await server.stop();
    },
  };
}

/** That there is no server to start is like one that does not answer. */
async function findServer(): Promise<string> {
  try {
    return (await findTemporal({ onProgress: say })).path;
  } catch (error) {
    if (error instanceof UsageError) throw new UnreachableError(error.message, error.hint ?? '');
    throw error;
  }
}
