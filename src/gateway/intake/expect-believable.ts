import type { FastifyRequest } from 'fastify';
import { isBrowser, isFromOtherSite, isLocal } from './same-site.ts';
import type { Source } from './sources.ts';
import { Unauthorized } from './unauthorized.ts';

/** Fastify answers with the status that an error carries. */
class OtherSite extends Error {
  override readonly name = 'OtherSite';
  readonly statusCode = 403;

  constructor() {
    super(
      'A browser sent this for a page of another site. Send it from a program: curl -X POST ...',
    );
  }
}

/**
 * Refuses what the browser of somebody who is believed was made to send. Without tokens everybody on this host is believed: but not by
 * another name for it, and a browser changes nothing. With them a browser may have kept one. Links are signed, and their pages have a
 * button: whoever has the link may press it. What PagerDuty sends is signed, too.
 */
export function expectBelievable(request: FastifyRequest, sources: readonly Source[]): void {
  const { method, routeOptions } = request;
  const { url = '' } = routeOptions;
  if (['/ack/', '/answer/', '/pagerduty/'].some((signed) => url.startsWith(signed))) return;
  const changes = method === 'POST' || url.startsWith('/ping/');
  if (sources.length === 0 && (changes || url === '/status') && !isLocal(request.host))
    throw new Unauthorized();
  if (!changes) return;
  const isMade = sources.length === 0 && isBrowser(request);
  if (isMade || isFromOtherSite(request)) throw new OtherSite();
}
