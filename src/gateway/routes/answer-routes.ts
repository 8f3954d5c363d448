import { WorkflowNotFoundError } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { UnreachableError } from '../../client/connection/unreachable-error.ts';
import { type Answer, answerRun } from '../../client/runs/answer-run.ts';
import { type RunView, viewRun } from '../../client/runs/view-run.ts';
import { type AnswerLink, readAnswer } from '../../config/links/answer-token.ts';
import { UsageError } from '../../config/usage-error.ts';
import type { Gateway } from '../intake/gateway.ts';
import { answeredPage, notAnsweredPage, questionPage } from './answer-page.ts';
import { fieldOf, takeForms } from './form.ts';
import { page } from './page.ts';
import { expiredPage, unknownPage } from './plain-page.ts';

/** Of one link, or of one address: a person presses a button a few times. */
const REQUESTS_PER_MINUTE = 60;
const DEADLINE_MILLISECONDS = 5000;
const url = '/answer/:token';
const expired = expiredPage('Nobody waits for this answer any longer.', 'runbook explain');

interface Addressed {
  Params: { token: string };
}

/**
 * Where a question of a run is answered by whoever holds the link that was signed for them. Only a button answers. Whether they may, and
 * whether it is still asked, the run itself judges: so a link answers once, and nobody what they have asked for themselves.
 */
export function answerRoutes(app: FastifyInstance, gateway: Gateway): void {
  const { client, log } = gateway;
  const config = { rateLimit: { max: REQUESTS_PER_MINUTE } };
  takeForms(app);

  app.get<Addressed>(url, { config }, async ({ params }, reply) => {
    const link = read(params.token, gateway);
    if ('page' in link) return page(reply, link.code, link.page);
    const { view, why } = await stateOf(link);
    if (view && why === undefined) return page(reply, 200, questionPage(link, view));
    return page(reply, 410, notAnsweredPage(why ?? 'Temporal knows this run no longer'));
  });

  app.post<Addressed>(url, { config }, async ({ params, body }, reply) => {
    const link = read(params.token, gateway);
    if ('page' in link) return page(reply, link.code, link.page);
    const choice = link.choices.find((one) => one === fieldOf(body, 'do'));
    if (choice === undefined) return page(reply, 400, unknownPage);
    const { why } = await stateOf(link);
    if (why !== undefined) return page(reply, 410, notAnsweredPage(why));
    const { run, person } = link;
    try {
      await answerRun(client, run, answerOf(link, choice, fieldOf(body, 'text')));
    } catch (error) {
      if (error instanceof UsageError) return page(reply, 409, notAnsweredPage(error.message));
      if (error instanceof UnreachableError)
        return page(reply, 503, notAnsweredPage(error.message));
      throw error;
    }
    log(`${person} answered by a link: ${choice}, ${run}`, { level: 'INFO', run });
    return page(reply, 200, answeredPage(choice, person, run));
  });

  async function stateOf(link: AnswerLink): Promise<{ view?: RunView; why?: string }> {
    try {
      const view = await client.withDeadline(Date.now() + DEADLINE_MILLISECONDS, () =>
        viewRun(client, link.run),
      );
      const why = whyNot(link, view);
      return { view, ...(why !== undefined && { why }) };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { why: 'There is no such run any more' };
      throw error;
    }
  }
}

/** Why it is not asked any more. People may be told a moment before the line says that it waits. */
function whyNot({ step, attempt }: AnswerLink, { ledger = [], status, source }: RunView) {
  if (status !== 'RUNNING') return 'The run is over: nobody waits for an answer';
  const line = ledger.find(({ id }) => id === step);
  if (!line || source === 'history') return undefined;
  if (attempt !== undefined && line.attempt !== attempt)
    return `This was asked at attempt ${attempt} of "${line.title}", and it is at ${line.attempt} now`;
  const asks = ['waiting', 'pending', 'failed'].includes(line.state);
  return asks ? undefined : `"${line.title}" was answered already: it is ${line.state}`;
}

function answerOf(
  { step, attempt = 1, person }: AnswerLink,
  choice: AnswerLink['choices'][number],
  text: string,
): Answer {
  const signed = { step, by: person, via: 'link', ...(text !== '' && { reason: text }) };
  if (choice === 'approve' || choice === 'reject') return { word: choice, message: signed };
  return { word: 'decide', message: { ...signed, attempt, choice } };
}

function read(
  token: string,
  { secret }: Gateway,
): AnswerLink | { readonly code: number; readonly page: string } {
  const known = secret === undefined ? undefined : readAnswer(token, secret, new Date());
  if (known) return known;
  const wasGood = secret !== undefined && readAnswer(token, secret, new Date(0));
  return wasGood ? { code: 410, page: expired } : { code: 404, page: unknownPage };
}
