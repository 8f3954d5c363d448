import { NativeConnection, Worker } from '@temporalio/worker';
import { describe, expect, inject } from 'vitest';
import { incidentActivities } from '../../src/activities/served-by-worker/incidents.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { deadManId } from '../../src/incident/beside/heartbeat.ts';
import { TIMEOUT } from '../support/timeouts.ts';
import { openWorld, signalsTo, test, TOKEN } from './support/gateway.ts';

const headers = { authorization: `Bearer ${TOKEN}` };

/** A gateway that knows two pings, and a worker that serves what becomes of them. */
async function openWatch() {
  const { address, namespace } = inject('temporal');
  const queue = `ping-${crypto.randomUUID()}`;
  const name = `ping-${crypto.randomUUID()}`;
  const pings = [
    { id: 'backup', every: '1s', grace: '1s', severity: 'sev2' },
    { id: 'report', every: '24h', grace: '1h', severity: 'sev3' },
  ] satisfies SqliteTarget['pings'];
  const world = await openWorld({ targets: [{ name, alerts: [], pings }], queue });
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: queue,
    workflowBundle: { codePath: inject('workflowBundle') },
    // The incident itself waits where nobody serves it: what it was sent is in its history.
    activities: incidentActivities(`${queue}-incidents`),
  });
  const running = worker.run();
  const incident = (id: string) => `incident/${name}/ping-${id}`;
  return {
    world,
    ping: async (path: string, init: RequestInit = {}) =>
      (await fetch(`${world.address}/ping/${path}`, { headers, ...init })).status,
    reports: async (id: string) => {
      const signals = await signalsTo(world.client, incident(id));
      return signals.map((signal) => signal as { status: string; title: string });
    },
    close: async () => {
      for (const { id } of pings) {
        await world.client.workflow
          .getHandle(deadManId(name, id))
          .terminate()
          .catch(() => {});
        await world.client.workflow
          .getHandle(incident(id))
          .terminate()
          .catch(() => {});
      }
      worker.shutdown();
      await running;
      await connection.close();
      await world.stop();
    },
  };
}

describe('/ping/<id>', () => {
  test('opens an incident when it falls silent, and resolves it when it is heard again', async () => {
    const { ping, reports, close } = await openWatch();

    expect(await ping('backup')).toBe(200);
    await expect
      .poll(async () => (await reports('backup'))[0], TIMEOUT)
      .toMatchObject({
        status: 'firing',
        severity: 'sev2',
        title: 'backup is not heard of',
      });
    expect(await ping('backup', { method: 'POST', body: 'the last lines' })).toBe(200);
    await expect
      .poll(async () => (await reports('backup')).map(({ status }) => status), TIMEOUT)
      .toContain('resolved');
    await close();
  });

  test('takes an exit code, and a failure is reported at once', async () => {
    const { ping, reports, close } = await openWatch();

    expect([await ping('report/start'), await ping('report/0')]).toEqual([200, 200]);
    expect(await ping('report/3')).toBe(200);

    await expect
      .poll(async () => (await reports('report')).map(({ title }) => title), TIMEOUT)
      .toEqual(['report failed']);
    await close();
  });

  test('refuses strangers, and what it does not know', async () => {
    const { ping, close } = await openWatch();

    expect(await ping('backup', { headers: {} })).toBe(401);
    expect(await ping('unknown')).toBe(404);
    expect(await ping('backup/explode')).toBe(404);
    expect(await ping('backup/256')).toBe(404);
    await close();
  });
});
