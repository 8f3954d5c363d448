import { z } from 'zod';
import { type Alert, type ReadAlerts, timeOf } from './alert.ts';

const Labels = z.record(z.string(), z.string());

const OneAlert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: Labels,
  annotations: Labels.default({}),
  startsAt: z.string().optional(),
  endsAt: z.string().optional(),
  generatorURL: z.string().optional(),
});

const Notification = z.object({
  alerts: z.array(z.unknown()),
  truncatedAlerts: z.number().default(0),
  externalURL: z.string().optional(),
});

/** A webhook of Alertmanager, version 4. Undefined: it is none. */
export function readAlertmanager(body: unknown, now: Date): ReadAlerts | undefined {
  const { data } = Notification.safeParse(body);
  if (!data) return undefined;
  const alerts = data.alerts.flatMap((one) => OneAlert.safeParse(one).data ?? []);
  return {
    alerts: alerts.map((alert): Alert => {
      const { status, labels, annotations, startsAt, endsAt, generatorURL } = alert;
      return {
        status,
        labels,
        annotations,
        at: timeOf(status === 'firing' ? startsAt : endsAt, now),
        links: [generatorURL, data.externalURL].filter((link) => link !== undefined),
      };
    }),
    invalid: data.alerts.length - alerts.length,
    truncated: data.truncatedAlerts,
  };
}
