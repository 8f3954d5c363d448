import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readStatusToken } from '../../config/links/status-token.ts';
import type { Gateway, Shown } from '../intake/gateway.ts';
import { sourceOfHeader } from '../intake/sources.ts';
import { expiredStatusPage, unknownPage } from './plain-page.ts';
import { page } from './page.ts';
import { standingOf } from './standing.ts';
import { statusPage } from './status-page.ts';
import { Unauthorized } from '../intake/unauthorized.ts';

/** Of one address: many people may sit behind it, and a page asks every 30 s. */
const REQUESTS_PER_MINUTE = 300;

interface Addressed {
  Params: { token: string };
}

/**
 * How targets stand, read only: `/status` by token, as `alerts` are sent, or as the password that a browser asks for; and
 * `/status/<signed link>`. Neither asks a worker nor Temporal, so that it is there while both are down.
 */
export function statusPageRoutes(app: FastifyInstance, { shown, sources, secret }: Gateway): void {
  const config = { rateLimit: { max: REQUESTS_PER_MINUTE } };
  const show = (some: readonly Shown[]) => {
    const now = Date.now();
    return statusPage(
      some.map((target) => standingOf(target, now)),
      now,
    );
  };

  app.get('/status', { config }, async (request, reply) => {
    expectKnown(request);
    return page(reply, 200, show(shown));
  });

  app.get<Addressed>('/status/:token', { config }, async ({ params: { token } }, reply) => {
    const read = (now: Date) =>
      secret === undefined ? undefined : readStatusToken(token, secret, now);
    const access = read(new Date());
    if (!access)
      return read(new Date(0))
        ? page(reply, 410, expiredStatusPage)
        : page(reply, 404, unknownPage);
    const { targets: names } = access;
    return page(reply, 200, show(shown.filter(({ name }) => names?.includes(name) ?? true)));
  });

  /** Without tokens whoever is on this host may see it. */
  function expectKnown({ headers }: FastifyRequest): void {
    if (sources.length > 0 && sourceOfHeader(headers.authorization, sources) === undefined)
      throw new Unauthorized();
  }
}
