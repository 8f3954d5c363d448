import { activityInfo } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, vi } from 'vitest';
import { viewRun } from '../../src/client/runs/view-run.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { permanent } from '../../src/os/failure.ts';
import { openClaim } from '../../src/state/claim.ts';
import { type Around, type Runs, test } from '../support/run.ts';
import { TIMEOUT } from '../support/timeouts.ts';

const request = {
  stamp: '20260105_020000',
  wait: true,
  preempt: false,
  takeOverIncomplete: false,
  governed: false,
};
const closed = { isOpen: async () => false, stop: async () => {} };

const answers: Record<string, (work: () => Promise<unknown>) => Promise<unknown>> = {
  'it has the target': (work) => work(),
  'another run has it': refusing('TargetLocked'),
  'it was left incomplete': refusing('TargetIncomplete'),
  'its state directory cannot be written': refusing('StateUnusable'),
};

describe.concurrent('a run that is stopped while it takes its target', () => {
  for (const [what, answer] of Object.entries(answers))
    test(`ends as stopped also when it hears in that moment that ${what}`, async ({
      world,
      runs,
    }) => {
      const { ending } = await runs.run('practice', {}, { around: stopping(runs, answer) });

      // Whoever stopped it knows.
      expect(ending).toMatchObject({ outcome: 'stopped', left: [], notices: [] });
      expect(ending.failure?.type).toBe('Stopped');
      expect(ending.interventions).toMatchObject([{ what: 'stopped' }]);
      expect(await leftOf(world)).toEqual([]);
    });

  test('asks no more, though the work of a dead run keeps it waiting, and leaves nothing', async ({
    world,
    runs,
  }) => {
    const worker = await runs.serve();
    const work = await begunByDeadRun(world);
    const run = await runs.start('practice');
    const handle = runs.client.workflow.getHandle(run);
    await vi.waitFor(async () => {
      const { raw } = await handle.describe();
      expect(raw.pendingActivities?.map(({ lastHeartbeatTime }) => !!lastHeartbeatTime)).toEqual([
        true,
      ]);
    }, TIMEOUT);

    await handle.cancel();
    await happened(handle, 'activityTaskCanceledEventAttributes');
    work.end();
    await handle.result().catch(() => {});
    await worker.stop();

    const { ending } = await viewRun(runs.client, run);
    expect(ending).toMatchObject({ outcome: 'stopped', left: [], notices: [] });
    expect(await leftOf(world)).toEqual(['dead']);
  });
});

/** Stops a run whose claim is under way, which is answered when the run has taken that up. */
function stopping({ client }: Runs, answer: (typeof answers)[string]): Around {
  return async (activity, work) => {
    if (activity !== 'target.take') return work();
    const handle = client.workflow.getHandle(activityInfo().workflowExecution!.workflowId);
    await handle.cancel();
    await happened(handle, 'activityTaskCancelRequestedEventAttributes');
    return answer(work);
  };
}

function refusing(type: 'TargetLocked' | 'TargetIncomplete' | 'StateUnusable') {
  return async () => {
    throw permanent(type, 'a test');
  };
}

async function happened(
  handle: WorkflowHandle,
  attributes: 'activityTaskCancelRequestedEventAttributes' | 'activityTaskCanceledEventAttributes',
): Promise<void> {
  await vi.waitFor(async () => {
    const { events } = await handle.fetchHistory();
    expect(events?.some((event) => event[attributes])).toBe(true);
  }, TIMEOUT);
}

/** Holds the claim's lock until it is told to end. */
async function begunByDeadRun(world: SqliteTarget): Promise<{ readonly end: () => void }> {
  const claim = openClaim(world);
  await claim.take('dead', request, closed);
  const begun = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  void claim.whileHeld('dead', () => {
    begun.resolve();
    return over.promise;
  });
  await begun.promise;
  return { end: over.resolve };
}

/** The runs that left the target incomplete, as the next one finds it. */
async function leftOf(world: SqliteTarget): Promise<string[]> {
  const next = { ...request, takeOverIncomplete: true };
  const { unfinished } = await openClaim(world).take('next', next, closed);
  return unfinished.map(({ run }) => run);
}
