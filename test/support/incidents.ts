import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { inject, test as base } from 'vitest';
import { grpcCompressionFor } from '../../src/client/connection/grpc-compression-for.ts';
import { type Said, simulateIncident } from '../../src/client/incidents/simulate-incident.ts';
import { loadTarget } from '../../src/config/load/load.ts';
import type { Target } from '../../src/config/schema/target.ts';
import { inMilliseconds } from '../../src/config/time/duration.ts';
import type { AlertReport } from '../../src/incident/alert-report.ts';
import type { Incident } from '../../src/incident/incident.ts';
import type { Page } from '../../src/incident/page.ts';
import type { Deliver } from '../../src/notify/deliver.ts';
import { startWorker } from '../../src/worker.ts';
import './quiet-runtime.ts';
import { built } from './built.ts';

/** What came of a simulated incident. */
interface Told {
  readonly incident: Incident;
  readonly pages: readonly Page[];
  /** Who was paged how long after it was opened: `0m on-call`. */
  readonly escalation: readonly string[];
}

export interface Incidents {
  readonly client: Client;
  readonly queue: string;
  simulate(
    report: Partial<AlertReport> & Pick<AlertReport, 'severity'>,
    options?: {
      readonly target?: Target;
      readonly at?: Date;
      readonly said?: readonly Said[];
      readonly length?: string;
      /** Default: each channel takes it. */
      readonly deliver?: Deliver;
    },
  ): Promise<Told>;
  /** Serves incidents of real time, with this deliverer. */
  serve(targets: readonly Target[], deliver: Deliver): Promise<() => Promise<void>>;
}

/** The real workflow on a real server; only the channels are replaced by what the test wants. */
export const test = base.extend<{ a: Target; b: Target; incidents: Incidents }>({
  a: async ({}, use) => use(loadTarget('ahgd', 'targets')),
  b: async ({}, use) => use(loadTarget('analytics-hub', 'targets')),

  incidents: async ({ a }, use) => {
    const { address, namespace } = inject('temporal');
    const codePath = inject('workflowBundle');
    const connection = await Connection.connect({ address });
    const native = await NativeConnection.connect({
      address,
      grpcCompression: grpcCompressionFor(address),
    });
    const client = new Client({ connection, namespace });
    const queue = `incidents-${crypto.randomUUID()}`;
    const serve: Incidents['serve'] = async (known, deliver) => {
      const worker = await startWorker({
        connection: native,
        namespace,
        targets: [],
        known,
        deliver,
        searchAttributes: true,
        workflowBundle: { codePath },
        jobProcess: built('src/worker-process/job-process.ts'),
        queue,
      });
      return () => worker.stop();
    };

    await use({
      client,
      queue,
      serve,
      async simulate(
        report,
        { target = a, at = new Date(), said = [], length = '48h', ...more } = {},
      ) {
        const pages: Page[] = [];
        const {
          deliver = async () => [
            { channel: 'test', delivered: true, rings: true, detail: 'taken' },
          ],
        } = more;
        const stop = await serve([target], async (one, page) => {
          pages.push(page);
          return deliver(one, page);
        });
        try {
          const full: AlertReport = {
            target: target.name,
            fingerprint: `test-${crypto.randomUUID()}`,
            status: 'firing',
            title: 'It is down',
            source: 'test',
            at: at.toISOString(),
            ...report,
          };
          const incident = await simulateIncident(client, {
            report: full,
            at,
            said,
            length: inMilliseconds(length),
            queue,
          });
          const since = (time: string) =>
            `${Math.round((Date.parse(time) - Date.parse(incident.openedAt)) / 60_000)}m`;
          // A review that is overdue is an incident of its own.
          const own = pages.filter(({ thread }) => thread.startsWith(`${incident.id}/`));
          const paged = own.filter(({ event }) => event === 'trigger');
          return {
            incident,
            pages: own,
            escalation: paged.map((page) => `${since(page.at)} ${page.contact}`),
          };
        } finally {
          await stop();
        }
      },
    });
    await native.close();
    await connection.close();
  },
});
