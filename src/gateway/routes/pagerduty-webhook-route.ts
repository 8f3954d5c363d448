import { WorkflowNotFoundError } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { answerIncident } from '../../client/incidents/answer-incident.ts';
import { reopenIncident } from '../../client/incidents/reopen-incident.ts';
import { MissingSecret, secretOf } from '../../config/secret-of.ts';
import { UsageError } from '../../config/usage-error.ts';
import { type Deed, deedOf, Webhook } from '../alerts/read-pagerduty-webhook.ts';
import type { Routed } from '../alerts/route-alert.ts';
import { nameForLog } from '../alerts/text.ts';
import type { Gateway } from '../intake/gateway.ts';
import { isSignedByPagerDuty } from '../intake/is-signed-by-pagerduty.ts';
import type { Result } from '../intake/measures.ts';

const NAME = 'pagerduty';
const DEADLINE_MILLISECONDS = 5000;
/** PagerDuty delivers again for a while what it could not deliver. What is older is played again by somebody. */
const OLDEST = 24 * 3_600_000;
const MAX_AHEAD = 10 * 60_000;

/** What people do in PagerDuty with our incidents counts here, when it comes signed. */
export function pagerDutyWebhookRoute(app: FastifyInstance, gateway: Gateway): void {
  const { measures, log, targets } = gateway;
  const told = new Set<string>();
  const missing = (message: string) => {
    if (!told.has(message)) log(message);
    told.add(message);
  };
  // The signature is of the bytes as they came.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) =>
    done(null, body),
  );

  app.post('/pagerduty/webhook', async ({ body, headers }, reply) => {
    const text = typeof body === 'string' ? body : '';
    const header = [headers['x-pagerduty-signature']].flat().join(',');
    const signers = targets.filter((target) =>
      secretsOf(target, missing).some((secret) => isSignedByPagerDuty(text, header, secret)),
    );
    if (signers.length === 0)
      return reply.code(401).send({ error: 'No secret of a pagerduty channel has signed this' });
    const webhook = Webhook.safeParse(jsonOf(text));
    const result = webhook.success ? await resultOf(webhook.data, signers) : 'invalid';
    measures.alerts.inc({ source: NAME, result });
    return reply.code(result === 'invalid' ? 400 : 202).send({ result });
  });

  async function resultOf(webhook: Webhook, signers: readonly Routed[]): Promise<Result> {
    const { event } = webhook;
    const age = Date.now() - Date.parse(event.occurred_at);
    if (!(age <= OLDEST && age >= -MAX_AHEAD)) {
      log(
        `PagerDuty's event "${nameForLog(event.id)}" is of ${nameForLog(event.occurred_at)}: not taken`,
      );
      return 'doubtful';
    }
    // Its test has none; and where it groups alerts, an incident has no key at all.
    const key = event.data.incident_key ?? '';
    const [, id, name, episode] =
      /^(incident\/([a-z0-9-]+)\/[a-z0-9-]+)\/([\w-]+)$/.exec(key) ?? [];
    const target = signers.find((one) => one.name === name);
    const deed = target && deedOf(webhook, target.contacts ?? {});
    if (!id || !episode || !deed) return 'unrouted';
    return (await tell(id, episode, deed)) ? 'reported' : 'nothing-open';
  }

  /** False: that episode is over, or no longer the newest. */
  async function tell(id: string, episode: string, deed: Deed): Promise<boolean> {
    const { client, queue } = gateway;
    return client.withDeadline(Date.now() + DEADLINE_MILLISECONDS, async () => {
      try {
        const { raw, status, runId } = await client.workflow.getHandle(id).describe();
        if (raw.workflowExecutionInfo?.firstRunId !== episode) return false;
        if (deed.what !== 'reopen')
          return status.name === 'RUNNING' && (await answerIncident(client, id, deed));
        const asked = { by: deed.by, reason: 'in PagerDuty', run: runId };
        await reopenIncident(client, id, asked, queue);
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError || error instanceof UsageError) return false;
        throw error;
      }
    });
  }
}

function secretsOf({ channels = {}, directory = '.' }: Routed, missing: (message: string) => void) {
  return Object.values(channels).flatMap((channel) => {
    if (channel.kind !== 'pagerduty' || !channel.webhook) return [];
    try {
      return [secretOf(channel.webhook, directory)];
    } catch (error) {
      if (!(error instanceof MissingSecret)) throw error;
      missing(error.message);
      return [];
    }
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
