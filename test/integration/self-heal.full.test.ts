import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { findOnPath } from '../../src/dev/server/find-on-path.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { openWorld } from '../gateway/support/gateway.ts';
import { type Monitoring, startMonitoring } from '../gateway/support/monitoring.ts';
import { pidOf } from '../support/recovery.ts';
import { test as base } from '../support/run.ts';

const canWatch = findOnPath('prometheus') && findOnPath('prometheus-alertmanager');
const test = base.extend({ escalation: [{ level: 1, to: 'operations', after: '0s' }] });
const soon = { timeout: 120_000, interval: 50 };
/** How long no worker runs in the middle of it. RUNBOOK_AWAY=120 is what the long proof takes. */
const AWAY_SECONDS = Number(process.env['RUNBOOK_AWAY'] ?? 15);

describe.skipIf(!canWatch)('an application that dies (needs Prometheus and Alertmanager)', () => {
  for (const away of [false, true])
    test(`is started again without a person, and its incident resolved${away ? `, after ${AWAY_SECONDS} s without a worker` : ''}`, async ({
      directory,
      world,
      systems,
      runs,
    }) => {
      await using parts = new AsyncDisposableStack();
      const rule = {
        match: { alertname: 'ApplicationDown' },
        runbook: 'application-down',
        hold: '2s',
      };
      const gateway = await openWorld({
        targets: [{ name: world.name, alerts: [rule] }],
        queue: runs.queue,
      });
      parts.defer(() => gateway.stop());
      let worker = await runs.serve();
      parts.defer(() => worker.stop());
      const port = Number(new URL(world.app.url).port);
      const application = { port, target: world.name };
      const monitoring = await startMonitoring({
        directory,
        gateway: gateway.address,
        application,
      });
      parts.defer(() => monitoring.stop());
      await expect.poll(() => upIs(monitoring, '1'), soon).toBe(true);

      process.kill(-(await pidOf(systems))!, 'SIGKILL');
      const died = Date.now();
      const after = (iso: string) => `${((Date.parse(iso) - died) / 1000).toFixed(1)} s`;
      await expect.poll(() => upIs(monitoring, '0'), soon).toBe(true);
      const seen = new Date().toISOString();
      if (away) {
        await worker.stop();
        await sleep(AWAY_SECONDS * 1000);
        worker = await runs.serve();
      }
      const id = await incidentOf(runs.client, world.name);
      const incident = (await runs.client.workflow.getHandle(id).result()) as Incident;

      const entry = (what: string) => incident.timeline.find((one) => one.what === what)!.at;
      const remedied = incident.timeline.findLast(({ what }) => what === 'remediation')!.at;
      process.stderr.write(
        `${[
          `seen by Prometheus after ${after(seen)}`,
          `incident ${after(entry('triggered'))}`,
          `notified ${after(entry('paged'))}`,
          `application-down done ${after(remedied)}`,
          `alert gone ${after(entry('cleared'))}`,
          `resolved ${after(entry('resolved'))}`,
        ].join(', ')}\n`,
      );
      expect(incident.remediations).toMatchObject([
        { runbook: 'application-down', outcome: 'done' },
      ]);
      expect(incident.acknowledged).toBeUndefined();
      expect(incident.timeline.at(-1)).toMatchObject({ what: 'resolved', by: 'alert' });
      await systems.http.expectReady();
    }, 400_000);
});

async function upIs(monitoring: Monitoring, value: string): Promise<boolean> {
  const answer = JSON.stringify((await monitoring.prometheus('/api/v1/query?query=up')) ?? '');
  return answer.includes(`"${value}"]`);
}

/** Temporal's list knows it a second later. */
async function incidentOf(
  client: { workflow: { list(options: object): AsyncIterable<{ workflowId: string }> } },
  target: string,
): Promise<string> {
  const query = `WorkflowId STARTS_WITH 'incident/${target}/application-down-'`;
  let found: string | undefined;
  await expect
    .poll(async () => {
      for await (const { workflowId } of client.workflow.list({ query })) found ??= workflowId;
      return found;
    }, soon)
    .toBeDefined();
  return found!;
}
