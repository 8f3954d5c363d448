import type { WorkflowExecutionDescription } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { describe, expect, inject, vi } from 'vitest';
import { reportAlert } from '../../src/client/incidents/report-alert.ts';
import type { Incident } from '../../src/incident/incident.ts';
import type { Page } from '../../src/incident/page.ts';
import { test } from '../support/incidents.ts';

const INCIDENTS = 30;
const patient = { timeout: 60_000, interval: 200 };

describe('a query that waited for a worker while a timer fired', () => {
  test('does not keep an incident from going on', async ({ b, incidents }) => {
    const { client, queue } = incidents;
    const target = {
      ...b,
      escalation: b.escalation.slice(0, 2).map((level, index) => ({
        ...level,
        after: `${index * 30}s`,
      })),
    };
    const pages: Page[] = [];
    const deliver = async (_target: unknown, page: Page) => {
      pages.push(page);
      return [{ channel: 'pager', delivered: true, rings: true, detail: 'HTTP 202' }];
    };
    const stop = await incidents.serve([target], deliver);
    const ids = await Promise.all(
      Array.from({ length: INCIDENTS }, (_, number) =>
        reportAlert(client, alert(target.name, number), queue),
      ),
    );
    const handles = ids.map((id) => client.workflow.getHandle(id));
    await vi.waitFor(() => expect(pages).toHaveLength(INCIDENTS), patient);
    await untilAll(
      ({ pendingActivities, pendingWorkflowTask }) =>
        !pendingActivities?.length && !pendingWorkflowTask,
    );
    await stop();

    const asked = handles.map((handle) =>
      handle.query<Incident>('incident').catch(() => undefined),
    );
    await untilAll(({ pendingWorkflowTask }) => Boolean(pendingWorkflowTask));
    const stopAgain = await incidents.serve([target], deliver);
    await Promise.all(asked);
    await vi.waitFor(() => expect(pages).toHaveLength(2 * INCIDENTS), patient);

    const workflowBundle = { codePath: inject('workflowBundle') };
    const replayed = await Promise.allSettled(
      handles.map(async (handle) =>
        Worker.runReplayHistory({ workflowBundle }, await handle.fetchHistory(), handle.workflowId),
      ),
    );
    await stopAgain();
    expect(replayed.filter(({ status }) => status === 'rejected')).toEqual([]);

    async function untilAll(holds: (described: WorkflowExecutionDescription['raw']) => boolean) {
      await vi.waitFor(async () => {
        const all = await Promise.all(handles.map((handle) => handle.describe()));
        expect(all.filter(({ raw }) => holds(raw))).toHaveLength(INCIDENTS);
      }, patient);
    }
  });
});

function alert(target: string, number: number) {
  return {
    target,
    fingerprint: `untimely-${number}-${crypto.randomUUID()}`,
    status: 'firing',
    severity: 'sev1',
    title: `Number ${number}`,
    source: 'test',
    at: new Date().toISOString(),
  } as const;
}
