import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { findOnPath } from '../../src/dev/server/find-on-path.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { test } from './support/gateway.ts';
import { startMonitoring } from './support/monitoring.ts';

const canWatch = findOnPath('prometheus') && findOnPath('prometheus-alertmanager');
const soon = { timeout: 60_000, interval: 50 };

describe.skipIf(!canWatch)('Prometheus and Alertmanager (need both on PATH)', () => {
  test('make an incident of an application that dies, and resolve it when it is back', async ({
    world,
  }) => {
    const { target } = world;
    const directory = mkdtempSync(join(tmpdir(), 'chain-'));
    const port = await reservedPort();
    const application = await serveMetrics(port);
    const watch = { directory, gateway: world.address, application: { port, target } };
    const monitoring = await startMonitoring(watch);
    const labels = {
      alertname: 'ApplicationDown',
      instance: `127.0.0.1:${port}`,
      job: 'application',
      severity: 'critical',
      target,
    };
    const hops: string[] = [];
    let begun = Date.now();
    const reached = async (hop: string, fact: () => Promise<unknown>) => {
      await expect.poll(fact, soon).toBeTruthy();
      hops.push(`${hop} ${((Date.now() - begun) / 1000).toFixed(1)} s`);
    };
    const upIs = (value: string) => async () =>
      JSON.stringify(await monitoring.prometheus('/api/v1/query?query=up')).includes(`"${value}"]`);
    const statuses = async () => (await world.told(labels)).map(({ status }) => status);

    await reached('watched', upIs('1'));
    application.closeAllConnections();
    application.close();
    begun = Date.now();
    await reached('seen by Prometheus', upIs('0'));
    await reached('fires', async () =>
      JSON.stringify(await monitoring.prometheus('/api/v1/alerts')).includes('"firing"'),
    );
    await reached('durable', async () => (await statuses()).includes('firing'));
    await reached('held by Alertmanager', async () =>
      JSON.stringify(await monitoring.alertmanager('/api/v2/alerts')).includes('ApplicationDown'),
    );
    const heardOf = (source: string) => async () => {
      const count = (result: string) => world.figure('runbook_alerts_total', { source, result });
      return (await count('reported')) + (await count('repeated'));
    };
    await reached('heard from Alertmanager', heardOf('alertmanager'));
    await reached('heard from Prometheus itself', heardOf('prometheus'));
    const again = await serveMetrics(port);
    begun = Date.now();
    await reached('resolved', async () => (await statuses()).includes('resolved'));

    const [first] = await world.told(labels);
    expect(first).toMatchObject({
      severity: 'sev1',
      title: `${target} does not answer`,
    });
    process.stderr.write(`${hops.join(', ')}\n`);
    again.close();
    await monitoring.stop();
    rmSync(directory, { recursive: true, force: true });
  }, 300_000);
});

async function serveMetrics(port: number): Promise<Server> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/plain').end('application_info 1\n');
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
