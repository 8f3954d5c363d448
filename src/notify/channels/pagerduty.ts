import { createHash } from 'node:crypto';
import type { Severity } from '../../config/schema/values/severity.ts';
import type { Message } from './message.ts';
import { post } from './post.ts';

/** Limits of the Events API v2: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ */
const MAX_KEY = 255;
const MAX_SUMMARY = 1024;

const severities = {
  sev1: 'critical',
  sev2: 'error',
  sev3: 'warning',
  sev4: 'info',
} as const satisfies Record<Severity, string>;

/**
 * One event. PagerDuty takes all of one incident for one alert, so that a second try or a further page of it calls nobody
 * anew: how it repeats and whom it calls next is said there. Error: `Undelivered`.
 */
export async function sendToPagerDuty(
  { url, key }: { url: string; key: string },
  message: Message,
  signal: AbortSignal,
): Promise<string> {
  const { event, thread, subject, body, target, contact, member, recipient, severity, at } =
    message;
  const { acknowledge } = message;
  const common = { routing_key: key, dedup_key: dedupKey(thread) };
  const content =
    event === 'acknowledge' || event === 'resolve'
      ? { ...common, event_action: event }
      : {
          ...common,
          event_action: 'trigger',
          client: 'runbook',
          payload: {
            summary: subject.slice(0, MAX_SUMMARY).toWellFormed(),
            source: target,
            severity: severities[severity],
            timestamp: at,
            custom_details: { contact, member, phone: recipient.phone, details: body },
          },
          ...(acknowledge && { links: [{ href: acknowledge, text: 'Acknowledge' }] }),
        };
  const taken = (status: number) => status === 202;
  return post({ url, body: JSON.stringify(content), taken }, signal);
}

function dedupKey(thread: string): string {
  return thread.length <= MAX_KEY ? thread : createHash('sha256').update(thread).digest('hex');
}
