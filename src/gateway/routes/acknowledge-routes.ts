import { WorkflowNotFoundError } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { answerIncident } from '../../client/incidents/answer-incident.ts';
import { reopenIncident } from '../../client/incidents/reopen-incident.ts';
import { viewIncident } from '../../client/incidents/view-incident.ts';
import { type Acknowledgement, readAcknowledge } from '../../config/links/acknowledge-token.ts';
import { targetNameIn } from '../../config/run-id.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { UsageError } from '../../config/usage-error.ts';
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
  const { client, measures, queue } = gateway;
  const config = { rateLimit: { max: REQUESTS_PER_MINUTE } };
  takeForms(app);
  const withDeadline = <Result>(work: () => Promise<Result>) =>
    client.withDeadline(Date.now() + DEADLINE_MILLISECONDS, work);

  app.get<Addressed>(url, { config }, async ({ params }, reply) => {
    const known = read(params.token, gateway);
    if ('page' in known) return page(reply, known.code, known.page);
    const described = await withDeadline(() => describe(known, gateway));
    const { title, isOpen, incident, ended } = described;
    if (!isOpen) return page(reply, 200, pages.overPage(title, ended !== undefined));
    const { contact, until } = known;
    const others = contactsOf(described, gateway);
    return page(reply, 200, pages.askPage({ title, contact, others, until, incident }));
  });

  app.post<Addressed>(url, { config }, async ({ params, body }, reply) => {
    const known = read(params.token, gateway);
    if ('page' in known) return page(reply, known.code, known.page);
    const deed = fieldOf(body, 'do') || 'acknowledge';
    if (!pages.isDeed(deed)) return page(reply, 400, unknownPage);
    const { incident: id, contact } = known;
    const described = await withDeadline(() => describe(known, gateway));
    const { title, isOpen, incident, ended } = described;
    const [text, to, length] = ['text', 'to', 'for'].map((name) => fieldOf(body, name));
    const notTaken = (why: string, code: number) =>
      page(reply, code, pages.notTakenPage(title, why));
    if (deed === 'reopen') {
      if (ended === undefined) return notTaken('it is open, or has begun anew since', 409);
      if (text === '') return notTaken('say what is still wrong', 400);
      const asked = { by: `${contact} (link)`, reason: text!, run: ended };
      const why = await withDeadline(() => whyNot(() => reopenIncident(client, id, asked, queue)));
      return why === undefined
        ? page(reply, 200, pages.donePage(deed, contact, id))
        : notTaken(why, 409);
    }
    if (!isOpen) return page(reply, 200, pages.overPage(title, ended !== undefined));
    if (deed === 'note' && text === '') return notTaken('the note is empty', 400);
    if (CALLS.has(deed) && !contactsOf(described, gateway).includes(to!))
      return notTaken('nobody is known by that name here', 400);
    const answer = answerOf(deed, contact, { text: text!, to: to!, length: length! });
    if (!answer) return notTaken('it cannot be put off for so long', 400);
    const why = incident && refusalOf(incident, answer, new Date().toISOString());
    if (why !== undefined) return notTaken(why, 409);
    const isTaken = await withDeadline(() => answerIncident(client, id, answer));
    if (isTaken && deed === 'acknowledge') measures.acknowledged.inc();
    const done = isTaken
      ? pages.donePage(deed, contact, id)
      : pages.overPage(title, ended !== undefined);
    return page(reply, 200, done);
  });
}

/** What needs somebody to be named. */
const CALLS: ReadonlySet<string> = new Set(['respond', 'reassign']);

interface Said {
  readonly text: string;
  readonly to: string;
  readonly length: string;
}

/** Undefined: so long nobody can put it off by a button. */
function answerOf(
  deed: Exclude<pages.Deed, 'reopen'>,
  by: string,
  { text, to, length }: Said,
): Answer | undefined {
  const signed = { by, via: 'link', id: crypto.randomUUID() };
  switch (deed) {
    case 'note':
      return { what: deed, ...signed, text };
    case 'respond':
    case 'reassign':
      return { what: deed, ...signed, to };
    case 'snooze': {
      const some = pages.SNOOZES.find((one) => one === (length || pages.USUAL_SNOOZE));
      if (some === undefined) return undefined;
      const until = new Date(Date.now() + inMilliseconds(some)).toISOString();
      return { what: deed, ...signed, until };
    }
    case 'acknowledge':
    case 'escalate':
    case 'resolve':
      return { what: deed, ...signed };
  }
}

/** Whom its target knows: as the incident was reckoned last, or as the gateway's file has it. */
function contactsOf({ incident, target }: Described, { targets }: Gateway): readonly string[] {
  const own = targets.find(({ name }) => name === target)?.contacts ?? {};
  return incident?.policy?.contacts ?? Object.keys(own);
}

/** Undefined: it was done. */
async function whyNot(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
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
  /** The workflow run of the episode, when it is over and no newer one has begun. */
  readonly ended?: string;
  readonly title: string;
  readonly target: string;
  readonly incident?: Incident | undefined;
}

/** That it is open needs no worker; how it stands is told when somebody answers in time. */
async function describe(
  { incident: id, episode }: Acknowledgement,
  { client }: Gateway,
): Promise<Described> {
  const target = targetNameIn(id) ?? '';
  try {
    const described = await client.workflow.getHandle(id).describe();
    const title = (await described.staticSummary()) ?? id;
    const { firstRunId } = described.raw.workflowExecutionInfo ?? {};
    const isSame = episode === undefined || episode === firstRunId;
    const { runId, status } = described;
    if (!isSame) return { isOpen: false, title, target };
    if (status.name !== 'RUNNING') return { isOpen: false, title, target, ended: runId };
    const row = { id, runId, state: '', openedAt: '' };
    const view = await viewIncident(client, row, PATIENCE).catch(() => undefined);
    return { isOpen: true, title, target, incident: view?.incident };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { isOpen: false, title: id, target };
    throw error;
  }
}
