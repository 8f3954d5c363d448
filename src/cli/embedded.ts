import { connectionSettings } from '../client/connect.ts';
import { environment } from '../config/environment.ts';
import { findTemporal } from '../dev/find-temporal.ts';
import { startTemporal } from '../dev/start-temporal.ts';
import { say } from './say.ts';

export interface TemporalServer {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl?: string;
  readonly connectionOptions: object;
  stop(): Promise<void>;
}

/** The server that TEMPORAL_ADDRESS names, or one of our own that ends with this process. */
export async function openTemporal(
  dataFile: string,
  durability: 'NORMAL' | 'FULL',
): Promise<TemporalServer> {
  const { connectionOptions, address, namespace } = connectionSettings();
  const { temporalAddress, temporalUi: uiUrl } = environment();
  if (temporalAddress) {
    say(`Using the Temporal server at ${address}`);
    return { address, namespace, connectionOptions, ...(uiUrl && { uiUrl }), stop: async () => {} };
  }
  const { path } = await findTemporal({ onProgress: say });
  const server = await startTemporal({ path, dataFile, durability, namespace, ui: true, onProgress: say });
  return { ...server, namespace, connectionOptions: {} };
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
