import { metricsText, type Sample } from '../../local/metrics/metrics-text.ts';
import { checkedSamples, standingSamples } from '../../local/metrics/status-samples.ts';
import type { Status } from '../../local/status/status-of.ts';

/**
 * For the textfile collector of node_exporter. Without timestamps, for which it would skip the whole file: when it was made is a value, so
 * that a file which nobody renews is seen.
 */
export function textfile(status: Status): string {
  const { target, ages, lines, figures, ...facts } = status;
  const standing = { ...facts, target, lines: [...lines], figures: [...figures] };
  return metricsText([
    ...standingSamples(standing),
    ...Object.entries(ages).map(([of, value]): Sample => ({
      name: 'runbook_target_age_seconds',
      labels: { target, of },
      value,
    })),
    ...checkedSamples(status),
  ]);
}
