import { z } from 'zod';
import { type Alert, type ReadAlerts, timeOf } from './alert.ts';

const Labels = z.record(z.string(), z.string());

const OneAlert = z.object({
  labels: Labels,
  annotations: Labels.default({}),
  startsAt: z.string().optional(),
  /** In the past: it is resolved. Prometheus dates a firing one some minutes ahead. */
  endsAt: z.string().optional(),
  generatorURL: z.string().optional(),
});

/**
 * What Prometheus itself sends to an Alertmanager. Undefined: it is none. That an alert is no longer sent is not taken for
 * resolved, as Alertmanager would: then a Prometheus that died would end all incidents.
 */
export function readPrometheus(body: unknown, now: Date): ReadAlerts | undefined {
  if (!Array.isArray(body)) return undefined;
  const alerts = body.flatMap((one) => OneAlert.safeParse(one).data ?? []);
  return {
    alerts: alerts.map(({ labels, annotations, startsAt, endsAt, generatorURL }): Alert => {
      const end = Date.parse(endsAt ?? '');
      const isResolved = end > 0 && end <= now.getTime();
      return {
        status: isResolved ? 'resolved' : 'firing',
        labels,
        annotations,
        at: timeOf(isResolved ? endsAt : startsAt, now),
        links: generatorURL === undefined ? [] : [generatorURL],
      };
    }),
    invalid: body.length - alerts.length,
    truncated: 0,
  };
}
