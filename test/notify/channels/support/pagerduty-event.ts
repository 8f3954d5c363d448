import { z } from 'zod';

const routing_key = z.string().length(32);
const dedup_key = z.string().min(1).max(255);

/** https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ */
export const PagerDutyEvent = z.discriminatedUnion('event_action', [
  z.strictObject({
    routing_key,
    dedup_key,
    event_action: z.literal('trigger'),
    client: z.string().optional(),
    client_url: z.url().optional(),
    payload: z.strictObject({
      summary: z.string().min(1).max(1024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime().optional(),
      component: z.string().optional(),
      group: z.string().optional(),
      class: z.string().optional(),
      custom_details: z.record(z.string(), z.unknown()).optional(),
    }),
    links: z.array(z.strictObject({ href: z.url(), text: z.string().optional() })).optional(),
  }),
  z.strictObject({
    routing_key,
    dedup_key,
    event_action: z.enum(['acknowledge', 'resolve']),
  }),
]);
export type PagerDutyEvent = z.infer<typeof PagerDutyEvent>;
