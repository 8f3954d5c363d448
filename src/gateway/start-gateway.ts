import type { AddressInfo } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import { type Client, isGrpcServiceError } from '@temporalio/client';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { UsageError } from '../config/usage-error.ts';
import { cutSilent, SLOWEST } from '../os/http/cut-silent.ts';
import type { Routed } from './alerts/route-alert.ts';
import { callerOf } from './intake/caller-of.ts';
import { expectBelievable } from './intake/expect-believable.ts';
import { ComeAgain } from './intake/come-again.ts';
import type { Gateway, Shown } from './intake/gateway.ts';
import { openMeasures } from './intake/measures.ts';
import { openIntake } from './intake/open-intake.ts';
import { isLoopback } from './intake/same-site.ts';
import type { Source } from './intake/sources.ts';
import { acknowledgeRoutes } from './routes/acknowledge-routes.ts';
import { answerRoutes } from './routes/answer-routes.ts';
import { alertRoutes } from './routes/alert-routes.ts';
import { pagerDutyRoute } from './routes/pagerduty-route.ts';
import { pagerDutyWebhookRoute } from './routes/pagerduty-webhook-route.ts';
import { pingRoutes } from './routes/ping-routes.ts';
import { sentStatusRoute } from './routes/sent-status-route.ts';
import { statusPageRoutes } from './routes/status-page-routes.ts';
import { statusRoutes } from './routes/status-routes.ts';

/** Of what is no notification of many alerts. */
const MAX_BYTES = 1024 * 1024;
/** Of one address. Far above what an Alertmanager sends, far below what stops us. */
const REQUESTS_PER_MINUTE = 20_000;
/** Senders and people come one after another; Node may have 1024 files open where nobody raised that. */
const MAX_CONNECTIONS = 256;
const SHORTEST_SECRET = 16;
/** Longer than the intake tries to make alerts durable. */
const CLOSE_MILLISECONDS = 7000;
/** What senders are called where they need no token. */
const ENDPOINTS = ['alertmanager', 'prometheus', 'pagerduty'];

export interface GatewayOptions {
  /** Whoever gives it closes its connection. */
  readonly client: Client;
  readonly targets: readonly Routed[];
  readonly listen: { readonly host: string; readonly port: number };
  readonly sources: readonly Source[];
  /** Workers elsewhere, by the name of their target; needs `shown`. */
  readonly senders?: readonly Source[];
  /** The targets of the status page; without it, `targets`. */
  readonly shown?: readonly Shown[];
  readonly secret?: string | undefined;
  readonly queue?: string;
  readonly requestsPerMinute?: number;
  /** What an operator looks for: never a token, a link or a body. */
  readonly log: (line: string) => void;
}

export interface RunningGateway {
  /** `http://127.0.0.1:9095` */
  readonly address: string;
  stop(): Promise<void>;
}

/** Where alerts come in and links of messages lead to. Error: `UsageError` when it would believe strangers. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { client, targets, sources, secret, queue, listen, log } = options;
  expectSafe(options);
  const known = sources.length > 0 ? sources.map(({ name }) => name) : ENDPOINTS;
  const measures = openMeasures(known);
  const gateway: Gateway = {
    client,
    targets,
    sources,
    senders: options.senders ?? [],
    shown: options.shown ?? targets,
    intake: openIntake(client, queue),
    measures,
    log,
    ...(secret !== undefined && { secret }),
    ...(queue !== undefined && { queue }),
  };
  const app = Fastify({
    bodyLimit: MAX_BYTES,
    http: SLOWEST,
    requestTimeout: SLOWEST.requestTimeout,
    routerOptions: { maxParamLength: 2048 },
  });
  cutSilent(app.server, MAX_CONNECTIONS);
  app.decorateRequest('source', '');
  await app.register(rateLimit, {
    max: options.requestsPerMinute ?? REQUESTS_PER_MINUTE,
    timeWindow: '1 minute',
    keyGenerator: (request) => callerOf(request, gateway),
  });
  app.addHook('onRequest', async (request) => expectBelievable(request, sources));
  app.setErrorHandler<FastifyError>((error, _, reply) => {
    const { code, message } = answerTo(error);
    if (code >= 500) log(`Answered ${code}: ${error.message}`);
    if (code === 503) void reply.header('retry-after', '5');
    if (code === 401) void reply.header('www-authenticate', 'Bearer, Basic');
    return reply.code(code).send({ error: message });
  });
  app.addHook('onResponse', async (_, { statusCode }) => {
    if (statusCode >= 400) measures.refused.inc({ code: statusCode });
  });
  const all = [
    alertRoutes,
    pagerDutyRoute,
    pagerDutyWebhookRoute,
    pingRoutes,
    acknowledgeRoutes,
    answerRoutes,
    statusRoutes,
    statusPageRoutes,
    sentStatusRoute,
  ];
  for (const routes of all) await app.register(async (scope) => routes(scope, gateway));

  await app.listen(listen).catch((error: Error) => throwUnheard(error, listen));
  const { address, port, family } = app.server.address() as AddressInfo;
  return {
    address: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    stop: () => close(app),
  };
}

/** Error: `UsageError` when a gateway with these settings would believe strangers, or mix up who speaks. */
export function expectSafe({
  sources,
  secret,
  targets,
  listen: { host },
}: Pick<GatewayOptions, 'sources' | 'secret' | 'targets' | 'listen'>): void {
  const ids = targets.flatMap(({ pings = [] }) => pings.map(({ id }) => id));
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined)
    throw new UsageError(
      `Cannot tell two pings apart: "${twice}" is in "pings" more than once`,
      'give each an id of its own, over all targets',
    );
  if (sources.length === 0 && !isLoopback(host))
    throw new UsageError(
      `Cannot listen on ${host}: RUNBOOK_GATEWAY_TOKENS is not set, and anybody could open incidents`,
      'set RUNBOOK_GATEWAY_TOKENS="alertmanager:<token>", or listen on 127.0.0.1',
    );
  if (secret !== undefined && secret.length < SHORTEST_SECRET)
    throw new UsageError(
      `RUNBOOK_GATEWAY_SECRET has less than ${SHORTEST_SECRET} letters`,
      'openssl rand -hex 32',
    );
}

function throwUnheard(error: Error, { host, port }: GatewayOptions['listen']): never {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
  throw new UsageError(
    `Cannot listen at ${host}:${port}: somebody else does`,
    'end that process, or choose another port',
  );
}

/** What the sender may put right is theirs; what Temporal did not take they are asked to send again. */
function answerTo(error: FastifyError): { code: number; message: string } {
  const { statusCode, message } = error;
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return { code: statusCode, message };
  if (error instanceof ComeAgain) return { code: 503, message: `${message}: send it again` };
  return isGrpcServiceError(error) || isGrpcServiceError(error.cause)
    ? { code: 503, message: 'Temporal did not take it: send it again' }
    : { code: 500, message: 'Not done: the log of the gateway says why' };
}

/** What is under way is answered; a sender that never ends its request is not waited for. */
async function close(app: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), CLOSE_MILLISECONDS);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
  }
}
