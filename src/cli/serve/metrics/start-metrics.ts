import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client } from '@temporalio/client';
import type { Target } from '../../../config/schema/target.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { freePort } from '../../../dev/server/free-port.ts';
import { isLocal, isLoopback } from '../../../gateway/intake/same-site.ts';
import { cutSilent, SLOWEST } from '../../../os/http/cut-silent.ts';
import { metricsText } from '../../local/metrics/metrics-text.ts';
import { buildSample, openMetricsCollector } from './collect-metrics.ts';
import type { Listen } from './listen-from.ts';

/** In ms. The SDK answers from memory. */
const SDK_MILLISECONDS = 1000;
/** Prometheus has one or two. */
const MAX_CONNECTIONS = 20;
const TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export type Metrics = Awaited<ReturnType<typeof startMetrics>>;

/**
 * Listens for Prometheus, before anything is served: until then it tells its version only. What Temporal's SDK measures of this process
 * comes from a listener of its own on loopback, and is told at the same port. Error: `UsageError`, when it cannot listen.
 */
export async function startMetrics(listen: Listen) {
  let collector: ReturnType<typeof openMetricsCollector> | undefined;
  /** Where the SDK is to listen. */
  const sdk = `127.0.0.1:${await freePort(0)}`;
  const server = createServer(SLOWEST, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  cutSilent(server, MAX_CONNECTIONS);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(unheard(error, listen)));
    server.listen(listen, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;

  return {
    sdk,
    /** `http://127.0.0.1:9096/metrics` */
    address: `http://${host}:${port}/metrics`,

    /** From now on it tells of these. */
    begin(client: Client, targets: () => readonly Target[]): void {
      collector = openMetricsCollector(client, targets);
    },

    async close(): Promise<void> {
      collector?.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (code: number, why: string) =>
      void response.writeHead(code, { 'content-type': 'text/plain' }).end(`${why}\n`);
    // Another name for this host was made to lead here, by a page in a browser.
    if (isLoopback(listen.host) && !isLocal(request.headers.host ?? ''))
      return refuse(401, 'Ask for it by a name of this host');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(405, 'This is read with GET');
    if (request.url?.split('?')[0] !== '/metrics') return refuse(404, 'It is at /metrics');
    const [own, measured] = await Promise.all([
      collector?.text() ?? metricsText([buildSample()]),
      textOfSdk(sdk),
    ]);
    response.writeHead(200, { 'content-type': TYPE }).end(`${own}${measured}`);
    return undefined;
  }
}

/** Nothing, where it does not listen yet. */
async function textOfSdk(address: string): Promise<string> {
  try {
    const signal = AbortSignal.timeout(SDK_MILLISECONDS);
    const response = await fetch(`http://${address}/metrics`, { signal });
    return response.ok ? await response.text() : '';
  } catch {
    return '';
  }
}

function unheard({ code, message }: NodeJS.ErrnoException, { host, port }: Listen): UsageError {
  return code === 'EADDRINUSE'
    ? new UsageError(
        `Cannot listen at ${host}:${port}: somebody else does`,
        'end that process, or choose another port',
      )
    : new UsageError(`Cannot listen at ${host}:${port}: ${message}`, '--metrics 127.0.0.1:9096');
}
