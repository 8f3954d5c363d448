import type { FastifyInstance } from 'fastify';
import { MAX_STATUS_BYTES, StatusFile, writeStatusFile } from '../../state/figures/status-file.ts';
import type { Gateway } from '../intake/gateway.ts';
import { sourceOfHeader } from '../intake/sources.ts';
import { Unauthorized } from '../intake/unauthorized.ts';

/** A worker sends it after each sample and after each change. */
const REQUESTS_PER_MINUTE = 300;

interface Addressed {
  Params: { target: string };
}

/**
 * How a target stands, told by its worker on another host: `POST /status/<target>`, what it writes as `status.json`. A token is good for
 * the target of its name alone, and shows nobody anything.
 */
export function sentStatusRoute(app: FastifyInstance, { senders, shown, log }: Gateway): void {
  app.post<Addressed>('/status/:target', {
    config: { rateLimit: { max: REQUESTS_PER_MINUTE } },
    bodyLimit: MAX_STATUS_BYTES,
    // Before the body is read, and once it was counted.
    async preParsing({ headers, params: { target } }) {
      const own = senders.filter(({ name }) => name === target);
      if (sourceOfHeader(headers.authorization, own) === undefined)
        throw new Unauthorized('RUNBOOK_GATEWAY_SENDERS');
    },
    async handler({ params: { target }, body }, reply) {
      const state = shown.find(({ name }) => name === target)?.state;
      const { data: status } = StatusFile.safeParse(body);
      if (state === undefined || status?.target !== target) {
        log(`Refused how "${target}" is: it is no status of it, or of another version`);
        return reply.code(400).send({ error: `This is no status of "${target}" as known here` });
      }
      writeStatusFile({ state }, status);
      return reply.send({ status: 'kept' });
    },
  });
}
