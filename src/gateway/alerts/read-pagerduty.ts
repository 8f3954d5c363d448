import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Alert, timeOf } from './alert.ts';

const Link = z.object({ href: z.string() });

const Event = z.object({
  routing_key: z.string().optional(),
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: z.string().min(1).max(255).optional(),
  client: z.string().optional(),
  client_url: z.string().optional(),
  links: z.array(z.unknown()).default([]),
  payload: z
    .object({
      summary: z.string().min(1),
      source: z.string().min(1),
      // Senders write "Critical", too.
      severity: z
        .string()
        .toLowerCase()
        .pipe(z.enum(['critical', 'error', 'warning', 'info'])),
      timestamp: z.string().optional(),
      component: z.string().optional(),
      group: z.string().optional(),
      class: z.string().optional(),
      custom_details: z.unknown().optional(),
    })
    .optional(),
});

export interface PagerDutyEvent {
  readonly action: 'trigger' | 'acknowledge' | 'resolve';
  /** What the sender, and the answer, calls the alert by. */
  readonly dedupKey: string;
  readonly alert: Alert;
}

/** An event as PagerDuty's Events API v2 takes it. Undefined: it would refuse it, too. */
export function readPagerDuty(body: unknown, now: Date): PagerDutyEvent | undefined {
  const { data } = Event.safeParse(body);
  if (!data) return undefined;
  const { event_action: action, payload } = data;
  if (action === 'trigger' ? !payload : !data.dedup_key) return undefined;
  const { source, component, group, class: kind, severity } = payload ?? {};
  const known = { source, component, group, class: kind, severity };
  const details = textsOf(payload?.custom_details);
  const given = data.dedup_key;
  const dedupKey = given ?? digestOf([payload?.summary, source, component, kind]);
  return {
    action,
    dedupKey,
    alert: {
      status: action === 'resolve' ? 'resolved' : 'firing',
      labels: {
        ...details,
        ...textsOf(known),
        alertname: details['alertname'] ?? kind ?? dedupKey,
      },
      annotations: { summary: payload?.summary ?? dedupKey },
      at: timeOf(payload?.timestamp, now),
      links: [
        ...data.links.flatMap((link) => Link.safeParse(link).data?.href ?? []),
        ...(data.client_url === undefined ? [] : [data.client_url]),
      ],
      identity: dedupKey,
    },
  };
}

function digestOf(parts: readonly (string | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** Of an object: what is text in it, or a number, or whether something is so. */
function textsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const plain = Object.entries(value).filter(([, one]) =>
    ['string', 'number', 'boolean'].includes(typeof one),
  );
  return Object.fromEntries(plain.map(([name, one]) => [name, String(one)]));
}
