import type { Client } from '@temporalio/client';
import type { Target } from '../../../config/schema/target.ts';
import { version } from '../../../config/version.ts';
import { unreadableSamples } from '../../local/metrics/beside-samples.ts';
import type { ClaimFacts } from '../../local/metrics/claim-facts.ts';
import { metricsText, type Sample } from '../../local/metrics/metrics-text.ts';
import { openBesideReader } from './read-beside.ts';
import { openTemporalSamples } from './temporal-samples.ts';

/** In ms. What was read is told again so long, and ten times as long as the reading took: it costs no more than a tenth of a processor. */
const REUSE_MILLISECONDS = 3000;
const REUSE_FACTOR = 10;

/** What a worker tells of itself before it serves. */
export function buildSample(): Sample {
  return {
    name: 'runbook_build_info',
    labels: { version, node: process.versions.node },
    value: 1,
  };
}

/**
 * All metrics of the targets that a worker serves, read when they are asked for, from what is durable: nothing is counted in memory, so
 * that a worker that begins anew tells the same. One reading at a time, and a bounded one.
 */
export function openMetricsCollector(client: Client, targets: () => readonly Target[]) {
  const reader = openBesideReader();
  const temporal = openTemporalSamples(client);
  let newest: { readonly text: string; readonly until: number } | undefined;
  let reading: Promise<string> | undefined;

  return {
    async text(): Promise<string> {
      if (newest && performance.now() < newest.until) return newest.text;
      reading ??= collect().finally(() => (reading = undefined));
      return reading;
    },

    close(): void {
      reader.close();
    },
  };

  async function collect(): Promise<string> {
    const begun = performance.now();
    const at: Sample = {
      name: 'runbook_metrics_read_timestamp_seconds',
      labels: {},
      value: Date.now() / 1000,
    };
    const served = targets();
    const [asked, beside] = await Promise.all([
      temporal.samples(served.map(({ name }) => name)),
      reader.read(served),
    ]);
    const own = await Promise.all(
      served.map(async ({ name }): Promise<readonly Sample[]> => {
        const read = beside.get(name);
        if (!read) return unreadableSamples(name);
        return [...read.samples, ...(read.claim ? await claimSamples(name, read.claim) : [])];
      }),
    );
    const text = metricsText([buildSample(), at, ...asked, ...own.flat()]);
    const now = performance.now();
    const reuse = Math.max(REUSE_MILLISECONDS, REUSE_FACTOR * (now - begun));
    newest = { text, until: now + reuse };
    return text;
  }

  async function claimSamples(
    target: string,
    { dirty, holders, offSince }: ClaimFacts,
  ): Promise<Sample[]> {
    const labels = { target };
    const isDirty = dirty || (holders.length > 0 && (await temporal.hasEnded(holders)));
    const since: Sample[] =
      offSince === undefined
        ? []
        : [{ name: 'runbook_automation_off_since_timestamp_seconds', labels, value: offSince }];
    return [
      { name: 'runbook_target_dirty', labels, value: isDirty ? 1 : 0 },
      { name: 'runbook_automation_off', labels, value: offSince === undefined ? 0 : 1 },
      ...since,
    ];
  }
}
