import { WorkflowNotFoundError } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { answerIncident } from '../../client/incidents/answer-incident.ts';
import { viewIncident } from '../../client/incidents/view-incident.ts';
import { type Acknowledgement, readAcknowledge } from '../../config/links/acknowledge-token.ts';
import { refusalOf } from '../../incident/guards.ts';
import type { Incident } from '../../incident/incident.ts';
import type { Answer } from '../../incident/messages.ts';
import type { Gateway } from '../intake/gateway.ts';
import * as pages from './acknowledge-page.ts';
import { fieldOf, takeForms } from './form.ts';
import { page } from './page.ts';
import { expiredPage, unknownPage } from './plain-page.ts';

/** Of one address: a person presses a button a few times. */
const REQUESTS_PER_MINUTE = 60;
const DEADLINE_MILLISECONDS = 5000;
/** For how it stands, which nobody needs to acknowledge it. */
const PATIENCE = 1500;
const url = '/ack/:token';
const expired = expiredPage('Nothing was acknowledged.', 'runbook incidents ack');

interface Addressed {
  Params: { token: string };
}

/** Where the link of a message leads: a page with buttons. Only a button changes anything. */
export function acknowledgeRoutes(app: FastifyInstance, gateway: Gateway): void {
  const { client, measures } = gateway;
  const config = { rateLimit: { max: REQUESTS_PER_MINUTE } };
  takeForms(app);
  const withDeadline = <Result>(work: () => Promise<Result>) =>
    client.withDeadline(Date.now() + DEADLINE_MILLISECONDS, work);

  app.get<Addressed>(url, { config }, async ({ params }, reply) => {
    const known = read(params.token, gateway);
    if ('page' in known) return page(reply, known.code, known.page);
    const { title, isOpen, incident } = await withDeadline(() => describe(known, gateway));
    if (!isOpen) return page(reply, 200, pages.overPage(title));
    const { contact, until } = known;
    return page(reply, 200, pages.askPage({ title, contact, until, incident }));
  });

  app.post<Addressed>(url, { config }, async ({ params, body }, reply) => {
    const known = read(params.token, gateway);
    if ('page' in known) return page(reply, known.code, known.page);
    const deed = fieldOf(body, 'do') || 'acknowledge';
    if (!pages.isDeed(deed)) return page(reply, 400, unknownPage);
    const { incident: id, contact } = known;
    const { title, isOpen, incident } = await withDeadline(() => describe(known, gateway));
    if (!isOpen) return page(reply, 200, pages.overPage(title));
    const text = fieldOf(body, 'text');
    if (deed === 'note' && text === '')
      return page(reply, 400, pages.notTakenPage(title, 'the note is empty'));
    const answer = answerOf(deed, contact, text);
    const why = incident && refusalOf(incident, answer, new Date().toISOString());
    if (why !== undefined) return page(reply, 409, pages.notTakenPage(title, why));
    const isTaken = await withDeadline(() => answerIncident(client, id, answer));
    if (isTaken && deed === 'acknowledge') measures.acknowledged.inc();
    return page(reply, 200, isTaken ? pages.donePage(deed, contact, id) : pages.overPage(title));
  });
}

function answerOf(deed: pages.Deed, by: string, text: string): Answer {
  const signed = { by, via: 'link', id: crypto.randomUUID() };
  if (deed === 'note') return { what: deed, ...signed, text };
  if (deed !== 'snooze') return { what: deed, ...signed };
  return { what: deed, ...signed, until: new Date(Date.now() + pages.SNOOZE).toISOString() };
}

function read(
  token: string,
  { secret }: Gateway,
): Acknowledgement | { readonly code: number; readonly page: string } {
  const known = secret === undefined ? undefined : readAcknowledge(token, secret, new Date());
  if (known) return known;
  const wasGood = secret !== undefined && readAcknowledge(token, secret, new Date(0));
  return wasGood ? { code: 410, page: expired } : { code: 404, page: unknownPage };
}

interface Described {
  readonly isOpen: boolean;
  readonly title: string;
  readonly incident?: Incident | undefined;
}

/** That it is open needs no worker; how it stands is told when somebody answers in time. */
async function describe(
  { incident: id, episode }: Acknowledgement,
  { client }: Gateway,
): Promise<Described> {
  try {
    const described = await client.workflow.getHandle(id).describe();
    const title = (await described.staticSummary()) ?? id;
    const { firstRunId } = described.raw.workflowExecutionInfo ?? {};
    const isSame = episode === undefined || episode === firstRunId;
    if (!isSame || described.status.name !== 'RUNNING') return { isOpen: false, title };
    const row = { id, runId: described.runId, state: '', openedAt: '' };
    const view = await viewIncident(client, row, PATIENCE).catch(() => undefined);
    return { isOpen: true, title, incident: view?.incident };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { isOpen: false, title: id };
    throw error;
  }
}
