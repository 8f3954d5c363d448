import { describe, expect, vi } from 'vitest';
import { reportAlert } from '../../../src/client/incidents/report-alert.ts';
import { eventTime } from '../../../src/client/runs/event-time.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import { test } from '../../support/incidents.ts';
import { TIMEOUT } from '../../support/timeouts.ts';

describe('an alert that comes after the end, while no worker is there', () => {
  test('counts from when Temporal received it, also when the same words come again', async ({
    a,
    incidents,
  }) => {
    const { client, queue } = incidents;
    const target = `next-${crypto.randomUUID().slice(0, 8)}`;
    const report = {
      target,
      fingerprint: 'down',
      status: 'firing',
      severity: 'sev2',
      title: 'It is down',
      source: 'test',
      at: new Date().toISOString(),
    } as const;
    const later = { ...report, at: new Date(Date.now() + 1).toISOString() };
    const id = await reportAlert(client, report, queue);
    const runOf = async () => (await client.workflow.getHandle(id).describe()).runId;
    const first = await runOf();
    const former = client.workflow.getHandle(id, first);
    await former.signal('answer', { what: 'resolve', by: 'ops-1' });
    for (const one of [later, later, report]) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await reportAlert(client, one, queue);
    }

    const stop = await incidents.serve([{ ...a, name: target }], async () => [
      { channel: 'test', delivered: true, detail: 'taken' },
    ]);
    try {
      const next = await vi.waitFor(async () => {
        const runId = await runOf();
        expect(runId).not.toBe(first);
        const incident = await client.workflow.getHandle(id, runId).query<Incident>('incident');
        expect(incident.count).toBe(3);
        return incident;
      }, TIMEOUT);

      const { events } = await former.fetchHistory();
      const times = (events ?? []).filter(
        ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === 'report',
      );
      expect(times).toHaveLength(4);
      expect(next.openedAt).toBe(eventTime(times[1]!));
      expect(next.escalation.from).toBe(next.openedAt);
    } finally {
      await stop();
    }
  });
});
