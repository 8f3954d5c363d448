import type { Client } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { expectWorkflowWorker } from '../../client/connection/pollers.ts';
import { countUntold } from '../../client/incidents/count-untold.ts';
import { RUNBOOKS_QUEUE } from '../../config/queues.ts';
import type { Gateway } from '../intake/gateway.ts';

const DEADLINE_MILLISECONDS = 2000;

/** For whoever watches us. They say nothing about alerts or targets, and so need no token. */
export function statusRoutes(app: FastifyInstance, gateway: Gateway): void {
  const { client, measures, queue = RUNBOOKS_QUEUE } = gateway;
  const isUp = () => answers(client, () => client.workflowService.getSystemInfo({}));

  app.get('/healthz', async (_, reply) =>
    (await isUp())
      ? reply.send({ status: 'ok' })
      : reply.code(503).send({ status: 'Temporal does not answer' }),
  );

  app.get('/metrics', async (_, reply) => {
    const up = await isUp();
    const served = up && (await answers(client, () => expectWorkflowWorker(client, queue)));
    measures.temporal.set(up ? 1 : 0);
    measures.workers.set(served ? 1 : 0);
    const untold = up ? await countUntold(client, DEADLINE_MILLISECONDS) : undefined;
    // What is not known keeps its last value: Temporal's own metric says that it does not answer.
    if (untold !== undefined) measures.untold.set(untold);
    return reply.type(measures.registry.contentType).send(await measures.registry.metrics());
  });
}

async function answers(client: Client, question: () => Promise<unknown>): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + DEADLINE_MILLISECONDS, question);
    return true;
  } catch {
    return false;
  }
}
