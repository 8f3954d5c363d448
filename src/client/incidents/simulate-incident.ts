import type { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { AlertReport, incidentId } from '../../incident/alert-report.ts';
import type { Incident } from '../../incident/incident.ts';
import type { Answer } from '../../incident/messages.ts';
import { isNotFound } from '../connection/is-not-found.ts';

/** What is said to the incident, so many milliseconds after it was opened. */
export interface Said {
  readonly after: number;
  readonly report?: Partial<AlertReport>;
  readonly answer?: Answer;
}

export interface Simulation {
  readonly report: AlertReport;
  /** When it is opened: from now on. */
  readonly at: Date;
  /** In their order. */
  readonly said: readonly Said[];
  /** How long it is watched, in milliseconds since it was opened. */
  readonly length: number;
  readonly queue: string;
}

/**
 * Runs a real incident in time that is skipped: Temporal's server moves the workflow's clock on whenever nothing is left to do. A
 * worker must serve the queue; its deliverer records. Answers how the incident stands at the end.
 */
export async function simulateIncident(client: Client, simulation: Simulation): Promise<Incident> {
  const { report, at, said, length, queue } = simulation;
  const { workflowService } = client;
  const { namespace } = client.options;
  const workflowId = incidentId(report.target, report.fingerprint);
  const handle = client.workflow.getHandle(workflowId);
  const workflowExecution = { workflowId };
  let leaps = 0;
  let passed = 0;

  await workflowService.startWorkflowExecution({
    namespace,
    workflowId,
    workflowType: { name: 'incident' },
    taskQueue: { name: queue },
    requestId: crypto.randomUUID(),
    identity: client.options.identity,
    timeSkippingConfig: leap(Math.max(at.getTime() - Date.now(), 1000)),
  });
  await landed();
  await handle.signal('report', { ...report, at: at.toISOString() });
  await goThrough().catch((error: unknown) => {
    // The incident has ended in the middle of it: nothing is due any more.
    if (!isNotFound(error)) throw error;
  });
  return handle.query<Incident>('incident');

  async function goThrough(): Promise<void> {
    for (const one of said) {
      await skip(one.after - passed);
      const now = new Date(at.getTime() + one.after).toISOString();
      if (one.report) await handle.signal('report', { ...report, ...one.report, at: now });
      if (one.answer) await handle.signal('answer', one.answer);
    }
    await skip(length - passed);
  }

  function leap(milliseconds: number) {
    leaps += 1;
    return {
      enabled: true,
      fastForwardConfig: { id: String(leaps), duration: msToTs(milliseconds) },
    };
  }

  async function landed(): Promise<void> {
    await workflowService.pollWorkflowExecutionTimeSkipping({
      namespace,
      workflowExecution,
      fastForwardId: String(leaps),
    });
  }

  async function skip(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return;
    passed += milliseconds;
    await workflowService.updateWorkflowExecutionOptions({
      namespace,
      workflowExecution,
      updateMask: { paths: ['time_skipping_config'] },
      workflowExecutionOptions: { timeSkippingConfig: leap(milliseconds) },
    });
    await landed();
  }
}
