type Labels = Readonly<Record<string, string>>;

interface Sent {
  readonly status?: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations?: Labels;
  readonly startsAt?: string;
  readonly endsAt?: string;
}

/** A webhook as Alertmanager 0.25 sends it. */
export function notification(alerts: readonly Sent[], more: object = {}) {
  return {
    version: '4',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'runbook',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager:9093',
    alerts: alerts.map((alert) => ({
      status: 'firing',
      annotations: {},
      startsAt: '2026-03-01T03:00:00.123Z',
      endsAt: alert.status === 'resolved' ? '2026-03-01T03:10:00Z' : '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus:9090/graph?g0.expr=up',
      fingerprint: 'f0f1f2f3f4f5f6f7',
      ...alert,
    })),
    ...more,
  };
}
