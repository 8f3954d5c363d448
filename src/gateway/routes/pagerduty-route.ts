import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { answerIncident } from '../../client/incidents/answer-incident.ts';
import { incidentId } from '../../incident/alert-report.ts';
import { fingerprintOf, formerFingerprintOf } from '../alerts/fingerprint-of.ts';
import { type PagerDutyEvent, readPagerDuty } from '../alerts/read-pagerduty.ts';
import { routeAlert } from '../alerts/route-alert.ts';
import { nameForLog } from '../alerts/text.ts';
import type { Gateway } from '../intake/gateway.ts';
import type { Result } from '../intake/measures.ts';
import { sourceOfHeader, sourceOfToken } from '../intake/sources.ts';

const NAME = 'pagerduty';
const Keyed = z.object({ routing_key: z.string() });

/** Events as PagerDuty's Events API v2 takes them: what can send to it can send to us. The routing key is the token. */
export function pagerDutyRoute(app: FastifyInstance, gateway: Gateway): void {
  app.post('/v2/enqueue', async ({ body, headers }, reply) => {
    const { sources, measures } = gateway;
    const source =
      sourceOfHeader(headers.authorization, sources) ??
      sourceOfToken(Keyed.safeParse(body).data?.routing_key, sources);
    if (source === undefined && sources.length > 0)
      return refuse(reply, 401, 'Invalid routing key');
    const event = readPagerDuty(body, new Date());
    if (!event) {
      measures.alerts.inc({ source: source ?? NAME, result: 'invalid' });
      return refuse(reply, 400, 'Event object is invalid');
    }
    await takeEvent(event, source ?? NAME, gateway);
    const answer = { status: 'success', message: 'Event processed', dedup_key: event.dedupKey };
    return reply.code(202).send(answer);
  });
}

/** In PagerDuty's own shape, which its senders log. */
function refuse(reply: FastifyReply, code: number, error: string): FastifyReply {
  return reply.code(code).send({ status: 'invalid event', message: error, errors: [error] });
}

async function takeEvent(event: PagerDutyEvent, source: string, gateway: Gateway): Promise<void> {
  const { measures, log } = gateway;
  const stop = measures.intake.startTimer();
  try {
    const results = await resultsOf(event, source, gateway);
    for (const result of results) measures.alerts.inc({ source, result });
    if (results.includes('unrouted'))
      log(`No target takes the event "${nameForLog(event.dedupKey)}" of ${source}`);
    stop();
  } catch (error) {
    measures.alerts.inc({ source, result: 'failed' });
    throw error;
  }
}

async function resultsOf(
  { action, alert }: PagerDutyEvent,
  source: string,
  { client, targets, intake }: Gateway,
): Promise<Result[]> {
  if (action === 'trigger') {
    const reports = routeAlert(alert, targets, source);
    return reports.length > 0 ? intake.take(reports) : ['unrouted'];
  }
  // These name no more than the key: whoever has an incident of it is meant.
  if (action === 'resolve') {
    const everybody = targets.map(({ name }) => ({ name, alerts: [{ match: {} }] }));
    return intake.take(routeAlert({ ...alert, labels: {} }, everybody, source));
  }
  const answer = { what: 'acknowledge', by: source, via: NAME } as const;
  const names = [fingerprintOf(alert, source), formerFingerprintOf(alert)];
  const ids = targets.flatMap(({ name }) => names.map((one) => incidentId(name, one)));
  const open = await client.withDeadline(Date.now() + 5000, () =>
    Promise.all(ids.map((id) => answerIncident(client, id, answer))),
  );
  return open.map((isOpen) => (isOpen ? 'reported' : 'nothing-open'));
}
