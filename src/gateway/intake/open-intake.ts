import type { Client } from '@temporalio/client';
import { reportAlert } from '../../client/incidents/report-alert.ts';
import { signalIfOpen } from '../../client/incidents/signal-if-open.ts';
import { countText } from '../../config/text/count-text.ts';
import { type AlertReport, incidentId } from '../../incident/alert-report.ts';
import type { Group } from '../alerts/group-of.ts';
import type { RoutedReport } from '../alerts/route-alert.ts';
import { type Bundle, bundlesOf } from './bundles.ts';
import { ComeAgain } from './come-again.ts';
import { groupReport } from './group-report.ts';
import type { Result } from './measures.ts';
import { openMemory } from './memory.ts';
import { openRoom } from './room.ts';
import { openSlots } from './slots.ts';

/** Senders give up after 10 s. What is durable by then is not sent again when they repeat the rest. */
const DEADLINE_MILLISECONDS = 5500;
/** Nothing is begun later: what is under way becomes durable, and is not sent twice. */
const BEGIN_MILLISECONDS = 4000;
/** Of one request: one alert more does not wait for the end of a storm. */
const CONCURRENCY = 16;
/** Of all requests: more would only wait in Temporal. */
const MOST_CALLS = 32;
/** Reports of all requests that wait to become durable. */
const MOST_WAITING = 40_000;

export interface Intake {
  /** What became of each report. Error: one of them is not durable; all may be sent again, and those that are durable cost nothing then. */
  take(reports: readonly RoutedReport[]): Promise<Result[]>;
  /** Whether it became durable before, just so, as far as is remembered. */
  readonly knows: (report: RoutedReport) => boolean;
}

/** The way of reports into Temporal. `queue` is that of the workflows. */
export function openIntake(client: Client, queue?: string): Intake {
  const durable = openMemory();
  const call = openSlots(MOST_CALLS);
  const room = openRoom(MOST_WAITING);

  return {
    knows: durable.knows,
    async take(reports) {
      const leave = room.enter(reports.length);
      if (!leave) throw new ComeAgain('More alerts wait to become durable than are kept here');
      try {
        return await bounded(client, bundlesOf(reports), (bundle) => call(() => tell(bundle)));
      } finally {
        leave();
      }
    },
  };

  async function tell(bundle: Bundle): Promise<Result[]> {
    const [first] = bundle;
    if (first.group) return tellGroup(bundle, first.group);
    return [await tellOne(first)];
  }

  async function tellGroup(bundle: Bundle, group: Group): Promise<Result[]> {
    const news = bundle.filter((one) => !durable.has(one));
    const counted = news.filter(({ isEcho }) => !isEcho);
    const repeated = bundle.filter((one) => !one.isEcho && durable.has(one));
    if (news.length === 0) return repeated.map(() => 'repeated');
    const report = groupReport(group, news);
    const isTold = await told(report);
    for (const one of news) durable.add(one);
    return [
      ...repeated.map((): Result => 'repeated'),
      ...counted.map((): Result => (isTold ? 'reported' : 'nothing-open')),
    ];
  }

  async function tellOne(routed: RoutedReport): Promise<Result> {
    const { formerly, ...report } = routed;
    if (durable.has(routed)) return 'repeated';
    const isTold = (await goesOn(report, formerly)) || (await told(report));
    durable.add(routed);
    return isTold ? 'reported' : 'nothing-open';
  }

  /** Prometheus says for 15 minutes that an alert is resolved: that opens no incident. */
  async function told(report: AlertReport): Promise<boolean> {
    if (report.status === 'resolved')
      return signalIfOpen(client, incidentId(report.target, report.fingerprint), 'report', report);
    await reportAlert(client, report, queue);
    return true;
  }

  /** One that version 0.1 opened under its name of then is told by that. */
  async function goesOn(report: AlertReport, formerly?: string): Promise<boolean> {
    if (formerly === undefined) return false;
    const id = incidentId(report.target, formerly);
    return signalIfOpen(client, id, 'report', { ...report, fingerprint: formerly });
  }
}

/** Error: `ComeAgain` when time is over, or whatever Temporal says. Then nothing else is begun. */
async function bounded(
  client: Client,
  bundles: readonly Bundle[],
  work: (bundle: Bundle) => Promise<Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = bundles.values();
  const begun = Date.now();
  let hasFailed = false;
  const worker = async () => {
    for (const bundle of waiting) {
      if (hasFailed) return;
      if (Date.now() > begun + BEGIN_MILLISECONDS)
        throw new ComeAgain(
          `${results.length} of ${countText(bundles.flat().length, 'alert')} are durable`,
        );
      results.push(...(await work(bundle)));
    }
  };
  await client.withDeadline(begun + DEADLINE_MILLISECONDS, () =>
    Promise.all(
      Array.from({ length: Math.min(CONCURRENCY, bundles.length) }, () =>
        worker().catch((error: unknown) => {
          hasFailed = true;
          throw error;
        }),
      ),
    ),
  );
  return results;
}
