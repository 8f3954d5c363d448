import type { Client } from '@temporalio/client';
import { reportAlert } from '../../client/incidents/report-alert.ts';
import { signalIfOpen } from '../../client/incidents/signal-if-open.ts';
import { type AlertReport, incidentId } from '../../incident/alert-report.ts';
import type { RoutedReport } from '../alerts/route-alert.ts';
import type { Result } from './measures.ts';

/** Senders give up after 10 s. What is durable by then is not sent again when they repeat the rest. */
const DEADLINE_MILLISECONDS = 5000;
const CONCURRENCY = 16;
/** Prometheus repeats what fires every minute, and a run takes 10 000 signals. */
const REPEAT_MILLISECONDS = 5 * 60_000;
const MAX_REMEMBERED = 20_000;

export interface Intake {
  /** What became of each report. Error: one of them is not durable; all may be sent again. */
  take(reports: readonly RoutedReport[]): Promise<Result[]>;
}

/** The way of reports into Temporal. `queue` is that of the workflows. */
export function openIntake(client: Client, queue?: string): Intake {
  const durable = new Map<string, number>();

  return {
    take: (reports) =>
      bounded(client, reports, async (report) =>
        report.status === 'resolved' ? resolve(report) : fire(report),
      ),
  };

  async function fire({ formerly, ...report }: RoutedReport): Promise<Result> {
    const id = incidentId(report.target, report.fingerprint);
    const key = `${id} ${report.severity} ${report.at}`;
    const takenAt = durable.get(key);
    if (takenAt !== undefined && Date.now() - takenAt < REPEAT_MILLISECONDS) return 'repeated';
    if (!(await goesOn(report, formerly))) await reportAlert(client, report, queue);
    durable.delete(key); // to the end of the order
    durable.set(key, Date.now());
    if (durable.size > MAX_REMEMBERED) durable.delete(durable.keys().next().value!);
    return 'reported';
  }

  /** Prometheus says for 15 minutes that an alert is resolved: that opens no incident. */
  async function resolve({ formerly, ...report }: RoutedReport): Promise<Result> {
    const id = incidentId(report.target, report.fingerprint);
    const isTold =
      (await goesOn(report, formerly)) || (await signalIfOpen(client, id, 'report', report));
    return isTold ? 'reported' : 'nothing-open';
  }

  /** One that version 0.1 opened under its name of then is told by that. */
  async function goesOn(report: AlertReport, formerly?: string): Promise<boolean> {
    if (formerly === undefined) return false;
    const id = incidentId(report.target, formerly);
    return signalIfOpen(client, id, 'report', { ...report, fingerprint: formerly });
  }
}

async function bounded(
  client: Client,
  reports: readonly RoutedReport[],
  work: (report: RoutedReport) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = reports.values();
  const worker = async () => {
    for (const report of waiting) results.push(await work(report));
  };
  await client.withDeadline(Date.now() + DEADLINE_MILLISECONDS, () =>
    Promise.all(Array.from({ length: Math.min(CONCURRENCY, reports.length) }, worker)),
  );
  return results;
}
