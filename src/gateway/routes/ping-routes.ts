import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RUNBOOKS_QUEUE } from '../../config/queues.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { deadManId, type Heartbeat } from '../../incident/beside/heartbeat.ts';
import type { Gateway } from '../intake/gateway.ts';
import { sourceOfHeader } from '../intake/sources.ts';
import { Unauthorized } from '../intake/unauthorized.ts';

const DEADLINE_MILLISECONDS = 5000;
/** What a job's last lines may be: they are read, and not kept. */
const MAX_BYTES = 100_000;

interface Addressed {
  Params: { id: string; what?: string };
}

/** Signs of life, as healthchecks.io takes them: `curl -fsS -m 10 --retry 5 .../ping/<id>`, with /start, /fail or the exit code. */
export function pingRoutes(app: FastifyInstance, gateway: Gateway): void {
  const { client, targets, sources, queue = RUNBOOKS_QUEUE } = gateway;
  const pings = new Map(
    targets.flatMap(({ name, pings = [] }) =>
      pings.map((ping) => [ping.id, { name, ping }] as const),
    ),
  );
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BYTES }, (_, __, done) =>
    done(null),
  );
  app.route<Addressed>({
    method: ['GET', 'POST'],
    url: '/ping/:id/:what?',
    // Once it was counted.
    async preParsing({ headers }: FastifyRequest) {
      if (sources.length > 0 && sourceOfHeader(headers.authorization, sources) === undefined)
        throw new Unauthorized();
    },
    async handler({ params: { id, what: ending } }, reply) {
      const what = whatOf(ending);
      const found = pings.get(id);
      if (!found || !what) return reply.code(404).send({ error: `There is no ping "${id}"` });
      const { name, ping } = found;
      const heartbeat: Heartbeat = {
        target: name,
        id,
        what,
        at: new Date().toISOString(),
        every: inMilliseconds(ping.every),
        grace: inMilliseconds(ping.grace),
        severity: ping.severity,
      };
      await client.withDeadline(Date.now() + DEADLINE_MILLISECONDS, () =>
        client.workflow.signalWithStart('dead-man', {
          workflowId: deadManId(name, id),
          taskQueue: queue,
          args: [],
          signal: 'heartbeat',
          signalArgs: [heartbeat],
          staticSummary: `${id} of ${name} goes on`,
        }),
      );
      return reply.send('OK');
    },
  });
}

function whatOf(ending: string | undefined): Heartbeat['what'] | undefined {
  if (ending === undefined || ending === '') return 'ok';
  if (ending === 'start' || ending === 'fail') return ending;
  if (!/^\d{1,3}$/.test(ending) || Number(ending) > 255) return undefined;
  return Number(ending) === 0 ? 'ok' : 'fail';
}
