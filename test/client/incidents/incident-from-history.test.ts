import { readFileSync } from 'node:fs';
import { defaultPayloadConverter } from '@temporalio/common';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { describe, expect, test } from 'vitest';
import { incidentFromHistory } from '../../../src/client/incidents/incident-from-history.ts';
import type { Incident } from '../../../src/incident/incident.ts';

const saved = new URL('../../workflows/standing/histories/incident.resolved.json', import.meta.url);
const { events } = historyFromJSON(JSON.parse(readFileSync(saved, 'utf8')));
const completed = events!.at(-1)!.workflowExecutionCompletedEventAttributes!;
const result = defaultPayloadConverter.fromPayload<Incident>(completed.result!.payloads![0]!);

/** Times differ by the milliseconds between an event and the task that took it up. */
const happened = ({ timeline }: Incident) =>
  timeline.map(({ what, by, text }) => `${what} ${by} ${text.replaceAll(/\d{4}-\S+Z/g, 'then')}`);

describe('incidentFromHistory', () => {
  test('tells of a saved incident what its workflow told', () => {
    const incident = incidentFromHistory(events!)!;

    const { state, severity, count, flaps, tasks, roles, remediations, policy } = result;
    expect(incident).toMatchObject({
      state,
      severity,
      count,
      flaps,
      tasks,
      roles,
      remediations,
      policy,
    });
    expect(incident.notified.toSorted()).toEqual(result.notified.toSorted());
    expect(happened(incident).toSorted()).toEqual(happened(result).toSorted());
    expect(happened(result).length).toBeGreaterThan(15);
  });

  test('tells at each point what had happened until then', () => {
    const before = events!.findIndex(
      ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === 'answer',
    );

    const incident = incidentFromHistory(events!.slice(0, before))!;

    expect(incident).toMatchObject({ state: 'triggered', severity: 'sev1' });
    expect(happened(incident)).not.toContainEqual(expect.stringMatching(/^acknowledged/));
    expect(incidentFromHistory(events!.slice(0, 1))).toBeUndefined();
  });

  test('passes over what somebody sent who meant no good', () => {
    const garbage = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{') };
    const sent = ['report', 'answer'].flatMap((signalName) =>
      [garbage, defaultPayloadConverter.toPayload([null]), {}].map((payload) => ({
        workflowExecutionSignaledEventAttributes: { signalName, input: { payloads: [payload] } },
      })),
    );

    const incident = incidentFromHistory([...events!.slice(0, 1), ...sent, ...events!.slice(1)]);

    expect(incident).toEqual(incidentFromHistory(events!));
  });

  test('tells which runbook was started for it, and how that ended', () => {
    const child = {
      workflowType: { name: 'application-down' },
      workflowExecution: { workflowId: 'the-run' },
    };
    const began = [...events!.slice(0, 6), { childWorkflowExecutionStartedEventAttributes: child }];
    const result = { payloads: [defaultPayloadConverter.toPayload({ outcome: 'done' })] };
    const ends = [
      { childWorkflowExecutionCompletedEventAttributes: { ...child, result } },
      { childWorkflowExecutionFailedEventAttributes: child },
    ].map((end) => incidentFromHistory([...began, end])!.remediations);

    const remediation = { runbook: 'application-down', run: 'the-run' };
    expect(incidentFromHistory(began)!.remediations).toEqual([remediation]);
    expect(ends).toEqual([
      [{ ...remediation, outcome: 'done' }],
      [{ ...remediation, outcome: 'failed' }],
    ]);
  });
});
