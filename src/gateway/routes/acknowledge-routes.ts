import { WorkflowNotFoundError } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { answerIncident } from '../../client/incidents/answer-incident.ts';
import { type Acknowledgement, readAcknowledge } from '../../config/links/acknowledge-token.ts';
import { markup } from '../../report/html/markup.ts';
import type { Gateway } from '../intake/gateway.ts';
import * as pages from './acknowledge-page.ts';
import { page } from './page.ts';

/** Of one address: a person presses a button a few times. */
const REQUESTS_PER_MINUTE = 60;
const DEADLINE_MILLISECONDS = 5000;
const url = '/ack/:token';

interface Addressed {
  Params: { token: string };
}

/** Where the link of a message leads: a page with a button. Only the button acknowledges. */
export function acknowledgeRoutes(app: FastifyInstance, gateway: Gateway): void {
  const { client, measures } = gateway;
  const config = { rateLimit: { max: REQUESTS_PER_MINUTE } };
  // What a browser sends with the button says nothing more.
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 1024 }, (_, __, done) =>
    done(null),
  );
  app.setErrorHandler<Error & { statusCode?: number }>(({ statusCode = 500, message }, _, reply) =>
    statusCode < 500
      ? page(reply, statusCode, pages.plainPage('Not acknowledged', markup`<p>${message}</p>`))
      : page(reply, 503, pages.unsurePage),
  );
  const withDeadline = <Result>(work: () => Promise<Result>) =>
    client.withDeadline(Date.now() + DEADLINE_MILLISECONDS, work);

  app.get<Addressed>(url, { config }, async ({ params }, reply) => {
    const known = read(params.token, gateway);
    if ('page' in known) return page(reply, known.code, known.page);
    const { title, isOpen } = await withDeadline(() => describe(known, gateway));
    const { contact, until } = known;
    return page(reply, 200, isOpen ? pages.askPage(title, contact, until) : pages.overPage(title));
  });

  app.post<Addressed>(url, { config }, async ({ params }, reply) => {
    const known = read(params.token, gateway);
    if ('page' in known) return page(reply, known.code, known.page);
    const { incident: id, contact: by } = known;
    const answer = { what: 'acknowledge', by, via: 'link', id: crypto.randomUUID() } as const;
    const isOpen = await withDeadline(async () => {
      const { isOpen: stillOpen } = await describe(known, gateway);
      return stillOpen && answerIncident(client, id, answer);
    });
    if (isOpen) measures.acknowledged.inc();
    return page(reply, 200, isOpen ? pages.acknowledgedPage(by, id) : pages.overPage(id));
  });
}

function read(
  token: string,
  { secret }: Gateway,
): Acknowledgement | { readonly code: number; readonly page: string } {
  const known = secret === undefined ? undefined : readAcknowledge(token, secret, new Date());
  if (known) return known;
  const wasGood = secret !== undefined && readAcknowledge(token, secret, new Date(0));
  return wasGood ? { code: 410, page: pages.expiredPage } : { code: 404, page: pages.unknownPage };
}

/** Without asking the incident itself: that needs a worker. */
async function describe({ incident, episode }: Acknowledgement, { client }: Gateway) {
  try {
    const described = await client.workflow.getHandle(incident).describe();
    const title = (await described.staticSummary()) ?? incident;
    const { firstRunId } = described.raw.workflowExecutionInfo ?? {};
    const isSame = episode === undefined || episode === firstRunId;
    return { isOpen: isSame && described.status.name === 'RUNNING', title };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { isOpen: false, title: incident };
    throw error;
  }
}
