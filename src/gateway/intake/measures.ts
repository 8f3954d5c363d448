import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';

export type Result =
  /** Durable in Temporal. */
  | 'reported'
  /** It was durable already a moment ago. */
  | 'repeated'
  /** Resolved, and no incident is open for it. */
  | 'nothing-open'
  /** No target takes it. */
  | 'unrouted'
  /** Resolved, in a notification that leaves out others: not believed. */
  | 'doubtful'
  | 'invalid'
  /** Temporal did not take it: the sender was answered, and sends it again. */
  | 'failed';

export type Measures = ReturnType<typeof openMeasures>;

const alarming: readonly Result[] = ['unrouted', 'doubtful', 'invalid', 'failed'];

/** Too large, too many, not durable: a shipped rule alerts on them. */
const ALARMING_CODES = [413, 429, 500, 503];

/** The gateway's own metrics, for Prometheus. */
export function openMeasures(sources: readonly string[]) {
  const registry = new Registry();
  const registers = [registry];
  const alerts = new Counter({
    name: 'runbook_alerts_total',
    help: 'Alerts received, by who sent them and what became of them',
    labelNames: ['source', 'result'] as const,
    registers,
  });
  // Prometheus sees no increase in what begins with 1.
  for (const source of sources) for (const result of alarming) alerts.inc({ source, result }, 0);
  const refused = new Counter({
    name: 'runbook_gateway_refused_total',
    help: 'Requests refused, by the HTTP status they were answered with',
    labelNames: ['code'] as const,
    registers,
  });
  for (const code of ALARMING_CODES) refused.inc({ code }, 0);
  return {
    registry,
    alerts,
    refused,
    intake: new Histogram({
      name: 'runbook_intake_seconds',
      help: 'From the request to the answer that its alerts are durable',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    acknowledged: new Counter({
      name: 'runbook_acknowledged_total',
      help: 'Incidents acknowledged by a link',
      registers,
    }),
    temporal: new Gauge({
      name: 'runbook_temporal_up',
      help: '1 when Temporal answers',
      registers,
    }),
    untold: new Gauge({
      name: 'runbook_incidents_untold',
      help: 'Open incidents of which nobody could be told, as Temporal lists them',
      registers,
    }),
    workers: new Gauge({
      name: 'runbook_worker_polling',
      help: '1 when a worker is there to open incidents and page people',
      registers,
    }),
  };
}
