import { connectionSettings } from '../../client/connection/connection-settings.ts';
import { expectNamespace } from '../../client/connection/expect-namespace.ts';
import { UnreachableError } from '../../client/connection/unreachable-error.ts';
import { environment } from '../../config/environment.ts';
import { UsageError } from '../../config/usage-error.ts';
import { findTemporal } from '../../dev/server/find-temporal.ts';
import { startTemporal, type StartTemporalOptions } from '../../dev/server/start-temporal.ts';
import { say } from '../output/say.ts';
import { withClient } from '../run/with-client.ts';

export interface TemporalServer {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl?: string;
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
    await withClient(expectNamespace);
    say(`Using the Temporal server at ${address}`);
    return { address, namespace, connectionOptions, ...(uiUrl && { uiUrl }), stop: async () => {} };
  }
  const path = await findServer();
  const server = await startTemporal({
    ...options,
    path,
    namespace,
    ui: true,
    onProgress: say,
  });
  return { ...server, namespace, connectionOptions: {} };
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

/** Where Temporal UI shows one run. */
export function runUrl(
  { uiUrl, namespace }: Pick<TemporalServer, 'uiUrl' | 'namespace'>,
  run: string,
  runId: string,
): string | undefined {
  if (!uiUrl) return undefined;
  return `${uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(run)}/${runId}/history`;
}
