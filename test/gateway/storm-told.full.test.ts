import { describe, expect, vi } from 'vitest';
import type { Target } from '../../src/config/schema/target.ts';
import { startGateway } from '../../src/gateway/start-gateway.ts';
import { paceMessages } from '../../src/notify/pace-messages.ts';
import { openListeners } from '../notify/channels/support/listeners.ts';
import { startMailServer } from '../notify/channels/support/mail-server.ts';
import { test } from '../support/incidents.ts';
import { TIMEOUT } from '../support/timeouts.ts';
import { TOKEN } from './support/gateway.ts';
import { notification } from './support/notifications.ts';

const ALERTS = 10_000;
/** As long as that becomes durable on a busy machine. */
const LONG = 300_000;

const alerts = Array.from({ length: ALERTS }, (_, index) => ({
  labels: {
    alertname: `Alert${index % 50}`,
    severity: 'critical',
    instance: `host-${index}`,
  },
}));

describe(`a storm of ${ALERTS} distinct alerts, with a worker, a mail server and a pager`, () => {
  test(
    'calls a person once at once, and no more when an Alertmanager that has started anew says all of it in other groups',
    async ({ incidents, b }) => {
      const listeners = openListeners();
      const pager = await listeners.listen();
      const mails = await startMailServer();
      process.env['STORM_SMTP'] = `smtp://${mails.host}`;
      process.env['STORM_PAGER'] = pager.url;
      const target: Target = {
        ...b,
        name: `storm-${crypto.randomUUID()}`,
        alerts: [{ match: {} }],
        channels: {
          email: { kind: 'smtp', url: 'env:STORM_SMTP', from: 'runbooks@example.com' },
          pager: { kind: 'webhook', url: 'env:STORM_PAGER', rings: true },
        },
      };
      const { client, queue } = incidents;
      const stop = await incidents.serve([target], paceMessages({ queue }));
      const gateway = await startGateway({
        client,
        queue,
        targets: [target],
        listen: { host: '127.0.0.1', port: 0 },
        sources: [{ name: 'alertmanager', token: TOKEN }],
        log: () => {},
      });
      const send = async (some: typeof alerts, groupKey: string) => {
        for (;;) {
          const { status } = await fetch(`${gateway.address}/alertmanager/webhook`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
            body: JSON.stringify(notification(some, { groupKey })),
          });
          if (status !== 503) return status;
        }
      };
      try {
        const begun = Date.now();
        const said = send(alerts, '{}:{}');
        await vi.waitFor(() => expect(pager.heard.length).toBeGreaterThan(0), TIMEOUT);
        const first = (Date.now() - begun) / 1000;
        expect(await said).toBe(200);
        const durable = (Date.now() - begun) / 1000;
        await vi.waitFor(() => expect(mails.mails.length).toBeGreaterThan(0), TIMEOUT);

        // By alert, two hundred each; then by host, one each, as far as there is time.
        for (let name = 0; name < 50; name += 1)
          await send(
            alerts.filter((_, index) => index % 50 === name),
            `{}:{alertname="Alert${name}"}`,
          );
        for (const one of alerts.slice(0, 200))
          await send([one], `{}:{instance="${one.labels.instance}"}`);

        const query = `WorkflowId STARTS_WITH 'incident/${target.name}/'`;
        await vi.waitFor(
          async () => expect((await client.workflow.count(query)).count).toBe(1),
          TIMEOUT,
        );
        process.stderr.write(
          `first call after ${first.toFixed(1)} s, durable after ${durable.toFixed(1)} s, ` +
            `calls ${pager.heard.length}, mails ${mails.mails.length}\n`,
        );
        // The first page, and at most what asks anew because others have come since somebody had it: nobody had.
        expect(pager.heard).toHaveLength(1);
        expect(mails.mails).toHaveLength(1);
        expect(JSON.parse(pager.heard[0]!.body)).toMatchObject({
          severity: 'sev1',
          subject: expect.stringMatching(/^sev1 .*: Many alerts at once/),
        });
      } finally {
        await gateway.stop();
        await stop();
        listeners.close();
        await mails.close();
        delete process.env['STORM_SMTP'];
        delete process.env['STORM_PAGER'];
      }
    },
    LONG,
  );
});
