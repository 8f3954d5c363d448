import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { describe, expect } from 'vitest';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import { permanent } from '../../../src/os/failure.ts';
import { broken } from '../../support/broken.ts';
import { type Around, type Runs, test as base } from '../../support/run.ts';
import { openMaintenance } from './example.ts';

const test = base.extend({
  escalation: [
    { level: 1, to: 'operations', after: '0s' },
    { level: 2, to: 'operations', after: '5m' },
  ],
});

const failsToStart: Around = async (activity, work) => {
  if (activity === 'http.expectReady') throw permanent('NotReady', 'It does not start');
  return work();
};
const cannotRotate: Around = async (activity, work) => {
  if (activity.startsWith('logs.')) throw broken('No log can be rotated');
  return work();
};

describe.concurrent('the incident of a maintenance window', () => {
  test('is opened by a chore that failed, wakes nobody, goes on after five minutes, and is over when the chore is done', async ({
    world,
    runs,
  }) => {
    await openMaintenance(world);

    const { ending } = await runs.run('maintenance-window', {}, { around: cannotRotate });
    const open = await incidentOf(runs, world);
    const atOnce = messagesTo(world);
    const worker = await runs.serve();
    await fastForward(runs, idOf(world), 6 * 60);
    const later = messagesTo(world).slice(atOnce.length);
    await worker.stop();
    const again = await runs.run('maintenance-window', {}, { around: cannotRotate });
    const still = await incidentOf(runs, world);
    const done = await runs.run('maintenance-window');
    const incident = await closed(runs, world);

    expect([ending.outcome, again.ending.outcome, done.ending.outcome]).toEqual([
      'partly',
      'partly',
      'done',
    ]);
    expect([open, still, incident.state]).toEqual(['RUNNING', 'RUNNING', 'resolved']);
    expect(incident.source).toBe(`${ending.run}/rotate`);
    expect(atOnce.filter(({ urgent }) => urgent)).toEqual([]);
    expect(later).toEqual([expect.objectContaining({ urgent: false })]);
  });

  test('is over with one that is partly done, when what failed before is done', async ({
    world,
    runs,
  }) => {
    await openMaintenance(world);
    const failed = await runs.run('maintenance-window', {}, { around: failsToStart });
    const open = await incidentOf(runs, world);

    const partly = await runs.run('maintenance-window', {}, { around: pastCutoff(world) });
    const incident = await closed(runs, world);

    expect(failed.ending.outcome).toMatch(/failed|undone/);
    expect(partly.ending.outcome).toBe('partly');
    expect([open, incident.state]).toEqual(['RUNNING', 'resolved']);
    expect(incident.source).toBe(failed.run);
  });

  test('stays open with one that left out what had failed before', async ({ world, runs }) => {
    await openMaintenance(world);
    const failed = await runs.run(
      'maintenance-window',
      {},
      {
        around: async (activity, work) => {
          if (activity === 'dependencies.update') throw broken('The index does not answer');
          return work();
        },
      },
    );

    const partly = await runs.run('maintenance-window', {}, { around: pastCutoff(world) });
    const open = await incidentOf(runs, world);
    await runs.client.workflow.getHandle(idOf(world)).terminate('the test is over');

    expect(failed.ending.outcome).toMatch(/failed|undone/);
    expect(partly.ending.outcome).toBe('partly');
    expect(partly.ending.ledger.find(({ id }) => id === 'update')?.state).toBe('omitted');
    expect(open).toBe('RUNNING');
  });
});

/** Stops the application only when no chore may begin any more. */
function pastCutoff({ maintenance }: SqliteTarget): Around {
  const { window } = maintenance!;
  const minutes = new Date(Date.now() - 60_000).toISOString().slice(0, 16);
  const until = Date.parse(`${minutes}:00Z`) + 2 * 3_600_000;
  const cutoff = Date.now() + 30_000;
  Object.assign(window, {
    start: minutes.slice(11),
    cutoff: `${Math.floor((until - cutoff) / 1000)}s`,
  });
  return async (activity, work) => {
    if (activity === 'runtime.stop') await sleep(Math.max(0, cutoff + 2000 - Date.now()));
    return work();
  };
}

interface Sent {
  readonly urgent: boolean;
}

function messagesTo({ state }: SqliteTarget): Sent[] {
  const lines = readFileSync(join(state, 'pages.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Sent);
}

async function fastForward({ client }: Runs, workflowId: string, seconds: number): Promise<void> {
  const { namespace } = client.options;
  const workflowExecution = { workflowId };
  const id = 'test';
  await client.workflowService.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution,
    updateMask: { paths: ['time_skipping_config'] },
    workflowExecutionOptions: {
      timeSkippingConfig: {
        enabled: true,
        fastForwardConfig: { id, duration: { seconds: seconds as never } },
      },
    },
  });
  await client.workflowService.pollWorkflowExecutionTimeSkipping({
    namespace,
    workflowExecution,
    fastForwardId: id,
  });
}

async function closed(runs: Runs, world: SqliteTarget): Promise<Incident> {
  const worker = await runs.serve();
  const incident = (await runs.client.workflow.getHandle(idOf(world)).result()) as Incident;
  await worker.stop();
  return incident;
}

function idOf({ name }: SqliteTarget): string {
  return `incident/${name}/maintenance-window`;
}

async function incidentOf({ client }: Runs, world: SqliteTarget): Promise<string | undefined> {
  try {
    return (await client.workflow.getHandle(idOf(world)).describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
