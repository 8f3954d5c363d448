import { Client, Connection, isGrpcServiceError } from '@temporalio/client';
import { inject, test as base } from 'vitest';
import { fingerprintOf } from '../../../src/gateway/alerts/fingerprint-of.ts';
import {
  type GatewayOptions,
  type RunningGateway,
  startGateway,
} from '../../../src/gateway/start-gateway.ts';
import { type AlertReport, incidentId } from '../../../src/incident/alert-report.ts';

export const TOKEN = 'the-token-of-alertmanager';
export const DIRECT_TOKEN = 'the-token-of-prometheus';
export const SECRET = 'a secret for links, long enough';

/** A report. A test that expects an answer of a person reads what else it has. */
type Told = AlertReport & { readonly what?: string; readonly by?: string };

export interface World extends RunningGateway {
  readonly client: Client;
  /** A target that no other test has. It takes all alerts that name it. */
  readonly target: string;
  readonly lines: readonly string[];
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Posts with a good token. */
  send(path: string, body: unknown): Promise<Response>;
  get(path: string): Promise<Response>;
  /** What the incident of a source's alert was sent. No worker runs: it is in its history. */
  told(labels: Readonly<Record<string, string>>, source?: string): Promise<Told[]>;
  /** A figure of /metrics; 0 when it is not there. */
  figure(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
}

/** A gateway on a real Temporal server, with a queue of its own that nobody serves: intake needs no worker. */
export async function openWorld(options: Partial<GatewayOptions> = {}): Promise<World> {
  const { address, namespace } = inject('temporal');
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const target = `gateway-${crypto.randomUUID()}`;
  const lines: string[] = [];
  const gateway = await startGateway({
    client,
    targets: [{ name: target, alerts: [] }],
    listen: { host: '127.0.0.1', port: 0 },
    sources: [
      { name: 'alertmanager', token: TOKEN },
      { name: 'prometheus', token: DIRECT_TOKEN },
    ],
    secret: SECRET,
    queue: `gateway-${crypto.randomUUID()}`,
    log: (line) => lines.push(line),
    ...options,
  });
  const post: World['post'] = (path, body, headers = {}) =>
    fetch(`${gateway.address}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return {
    ...gateway,
    client,
    target,
    lines,
    post,
    send: (path, body) => post(path, body, { authorization: `Bearer ${TOKEN}` }),
    get: (path) => fetch(`${gateway.address}${path}`),
    told: (labels, source = 'alertmanager') =>
      signalsTo(client, incidentId(target, fingerprintOf({ labels }, source))) as Promise<Told[]>,
    async figure(name, labels = {}) {
      const text = await (await fetch(`${gateway.address}/metrics`)).text();
      const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      const line = text
        .split('\n')
        .find((line) => line.startsWith(name) && wanted.every((word) => line.includes(word)));
      return Number(line?.split(' ')[1] ?? 0);
    },
    async stop() {
      await gateway.stop();
      await connection.close();
    },
  };
}

/** Closed again after the test. */
export const test = base.extend<{ world: World }>({
  world: async ({}, use) => {
    const world = await openWorld();
    await use(world);
    await world.stop();
  },
});

/** What a workflow was sent, in order. None: there is no such workflow. */
export async function signalsTo(client: Client, id: string): Promise<unknown[]> {
  try {
    const { events } = await client.workflow.getHandle(id).fetchHistory();
    return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
      (signal?.input?.payloads ?? []).map(({ data }) => JSON.parse(Buffer.from(data!).toString())),
    );
  } catch (error) {
    if (isGrpcServiceError(error) && /not found/.test(error.details)) return [];
    throw error;
  }
}
