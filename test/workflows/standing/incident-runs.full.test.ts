import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { answerIncident } from '../../../src/client/incidents/answer-incident.ts';
import { reportAlert } from '../../../src/client/incidents/report-alert.ts';
import type { AlertReport } from '../../../src/incident/alert-report.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import { broken } from '../../support/broken.ts';
import { type Runs, test as base } from '../../support/run.ts';

const test = base.extend({
  escalation: [{ level: 1, to: 'operations', after: '0s' }],
});

const WAIT = { timeout: 60_000, interval: 100 };

describe('an incident', () => {
  test('is opened by a run that fails, notifies people, and is over when one is done', async ({
    world,
    runs,
  }) => {
    const { ending } = await runs.run(
      'daily-backup',
      {},
      {
        around: async (activity, work) => {
          if (activity === 'backups.snapshot') throw broken('The disk does not answer');
          return work();
        },
      },
    );
    const pages = readFileSync(join(world.state, 'pages.jsonl'), 'utf8').trim().split('\n');
    const id = `incident/${world.name}/daily-backup`;
    const open = await runs.client.workflow.getHandle(id).describe();
    await runs.run('daily-backup');
    const worker = await runs.serve();
    const incident = (await runs.client.workflow.getHandle(id).result()) as Incident;
    await worker.stop();

    expect(ending.outcome).toBe('undone');
    // The incident notifies, and the run knows by which channel.
    expect(ending.notices.at(-1)?.channels).toEqual(['log', 'log']);
    expect(pages).toHaveLength(1);
    expect(pages[0]).toContain('The disk does not answer');
    expect(open.status.name).toBe('RUNNING');
    expect(incident).toMatchObject({ state: 'resolved', origin: 'run', source: ending.run });
  });

  test('starts the runbook that it is routed to, and keeps what becomes of it', async ({
    world,
    runs,
  }) => {
    const worker = await runs.serve();
    const id = await reportAlert(
      runs.client,
      alert(world.name, { remediation: 'prune-backups' }),
      runs.queue,
    );
    const done = await seen(runs, id, ({ remediations }) => remediations[0]?.outcome !== undefined);
    await answerIncident(runs.client, id, { what: 'resolve', by: 'ops-1', reason: 'it was me' });
    const result = (await runs.client.workflow.getHandle(id).result()) as Incident;
    await worker.stop();

    expect(done.remediations).toMatchObject([{ runbook: 'prune-backups', outcome: 'done' }]);
    // That a runbook has done its work proves nothing: the same signal must say so.
    expect(done.state).toBe('triggered');
    expect(result.timeline.at(-1)).toMatchObject({ what: 'resolved', by: 'ops-1' });
  });

  test('waits in peace for a channel that takes its time', async ({ world, runs }) => {
    const service = createServer((_, response) => setTimeout(() => response.end(), 3000));
    service.listen(0, '127.0.0.1');
    await once(service, 'listening');
    const { port } = service.address() as AddressInfo;
    const file = join(world.directory, 'slow');
    writeFileSync(file, `http://127.0.0.1:${port}/`);
    world.channels['slow'] = { kind: 'webhook', url: `file:${file}`, rings: true };
    const worker = await runs.serve();
    const id = await reportAlert(runs.client, alert(world.name), runs.queue);
    await seen(runs, id, ({ notified: told }) => told.length > 0);
    const handle = runs.client.workflow.getHandle(id);
    const { events } = await handle.fetchHistory();
    await handle.cancel();
    await handle.result();
    await worker.stop();
    service.close();

    const timers = events!.filter(({ timerStartedEventAttributes }) => timerStartedEventAttributes);
    expect(timers.length).toBeLessThan(5);
  });

  test('keeps what is said while no worker runs, and is as kept when it is cancelled', async ({
    world,
    runs,
  }) => {
    const id = await reportAlert(runs.client, alert(world.name), runs.queue);
    await answerIncident(runs.client, id, { what: 'acknowledge', by: 'ops-1' });
    await answerIncident(runs.client, id, { what: 'note', by: 'ops-1', text: 'On it' });
    const worker = await runs.serve();
    const open = await seen(runs, id, ({ timeline }) => timeline.length >= 3);
    await runs.client.workflow.getHandle(id).cancel();
    const result = (await runs.client.workflow.getHandle(id).result()) as Incident;
    await worker.stop();

    expect(open.state).toBe('acknowledged');
    expect(open.timeline.map(({ what }) => what)).toEqual(['triggered', 'acknowledged', 'note']);
    expect(open.notified).toEqual([]);
    expect(result).toMatchObject({ state: 'resolved' });
    expect(await answerIncident(runs.client, id, { what: 'note', by: 'a', text: 'b' })).toBe(false);
  });

  test('that an alert opened waits while somebody works on the target, to the minute', async ({
    world,
    runs,
  }) => {
    const worker = await runs.serve();
    const until = new Date(Date.now() + 10_000).toISOString();
    await runs.client.workflow.signalWithStart('suppression', {
      workflowId: `suppression/${world.name}`,
      taskQueue: runs.queue,
      signal: 'hold',
      signalArgs: [{ by: 'test', why: 'practice', until }],
    });
    const id = await reportAlert(runs.client, alert(world.name), runs.queue);
    const held = await seen(runs, id, ({ timeline }) => timeline.length >= 2);
    const told = await seen(runs, id, (incident) => incident.notified.length > 0);
    await runs.client.workflow.getHandle(id).cancel();
    await runs.client.workflow.getHandle(id).result();
    await worker.stop();

    expect(held.timeline.map(({ what }) => what)).toEqual(['triggered', 'held']);
    expect(told.timeline.at(-1)!.what).toBe('paged');
    expect(Date.parse(told.timeline.at(-1)!.at)).toBeGreaterThanOrEqual(Date.parse(until));
  });
});

function alert(target: string, change: Partial<AlertReport> = {}): AlertReport {
  return {
    target,
    fingerprint: 'down',
    status: 'firing',
    severity: 'sev1',
    title: 'It is down',
    source: 'test',
    at: new Date().toISOString(),
    ...change,
  };
}

function seen(
  { client }: Runs,
  id: string,
  holds: (incident: Incident) => boolean,
): Promise<Incident> {
  return vi.waitFor(async () => {
    const incident = await client.workflow.getHandle(id).query<Incident | undefined>('incident');
    if (!incident || !holds(incident)) throw new Error(`Not yet: ${JSON.stringify(incident)}`);
    return incident;
  }, WAIT);
}
