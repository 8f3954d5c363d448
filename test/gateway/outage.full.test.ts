import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { describe, expect, inject, test } from 'vitest';
import { type EmbeddedTemporal, startTemporal } from '../../src/dev/server/start-temporal.ts';
import { fingerprintOf } from '../../src/gateway/alerts/fingerprint-of.ts';
import { incidentId } from '../../src/incident/alert-report.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { TIMEOUT } from '../support/timeouts.ts';
import { startGatewayProcess } from './support/gateway-process.ts';
import { signalsTo } from './support/gateway.ts';

const NAMESPACE = 'outage';
/** Senders wait for 10 s, and this machine may be slow. */
const BOUND = 15;

describe('a gateway whose Temporal server comes late and is killed', () => {
  test('answers 503 in time while it is away, and 200 only to what is durable', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'outage-'));
    const port = await reservedPort();
    const place = { address: `127.0.0.1:${port}`, namespace: NAMESPACE };
    const open = (): Promise<EmbeddedTemporal> =>
      startTemporal({
        path: inject('temporal').path,
        dataFile: join(directory, 'temporal.db'),
        durability: 'FULL',
        namespace: NAMESPACE,
        ui: false,
        ports: { grpc: port, ui: 1 },
      });
    const gateway = await startGatewayProcess('shop', place);
    const health = async () => (await fetch(`${gateway.address}/healthz`)).status;
    const statuses: Record<string, number> = {};
    const send = async (alertname: string) => {
      const { status, seconds } = await gateway.alert({ alertname });
      expect(seconds).toBeLessThan(BOUND);
      statuses[alertname] = status;
    };

    expect(await health()).toBe(503);
    await send('Early');
    const first = await open();
    await expect.poll(health, TIMEOUT).toBe(200);
    await send('Durable');
    process.kill(first.pid, 'SIGKILL');
    await first.ended;
    await send('Away');
    const second = await open();
    await expect.poll(health, TIMEOUT).toBe(200);
    await send('Back');

    expect(second.address).toBe(place.address);
    expect(statuses).toEqual({ Early: 503, Durable: 200, Away: 503, Back: 200 });
    const connection = await Connection.connect({ address: place.address });
    const client = new Client({ connection, namespace: NAMESPACE });
    const told = (alertname: string) =>
      signalsTo(
        client,
        incidentId('shop', fingerprintOf({ labels: { alertname } }, 'alertmanager')),
      );
    expect(await told('Durable')).toHaveLength(1);
    expect(await told('Back')).toHaveLength(1);
    const { exitCode, stderr } = await gateway.stop();
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('Answered 503')]);
    await connection.close();
    await second.stop();
    await rm(directory, { recursive: true, force: true });
  }, 180_000);
});
