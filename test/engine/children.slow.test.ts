import { describe, expect, vi } from 'vitest';
import { viewRun } from '../../src/client/runs/view-run.ts';
import type { Ledger } from '../../src/engine/run/ledger.ts';
import { test } from '../support/run.ts';
import { TIMEOUT } from '../support/timeouts.ts';

describe.concurrent('a runbook in a step', () => {
  test('runs under the claim of its parent, with an id and a stamp of its own', async ({
    runs,
  }) => {
    const { run, ending } = await runs.run('parent');

    expect(ending).toMatchObject({ outcome: 'done', output: { parts: 1, children: 2 } });
    const [, practise, again] = ending.ledger;
    expect(practise).toMatchObject({ note: '1 part', runs: [`${run}/practise`] });
    expect(again?.parts?.map((part) => part.runs)).toEqual([
      [`${run}/again.1`],
      [`${run}/again.2`],
    ]);
    const children = await Promise.all(
      [`${run}/practise`, `${run}/again.1`, `${run}/again.2`].map((id) => viewRun(runs.client, id)),
    );
    expect(children.map(({ ending: child }) => child)).toMatchObject([
      { outcome: 'done', by: 'test', because: `part of ${run}` },
      { outcome: 'done' },
      { outcome: 'done' },
    ]);
    const stamps = await Promise.all(
      children.map(async ({ run: id }) => {
        const { events } = await runs.client.workflow.getHandle(id).fetchHistory();
        // The first activity of a run takes the target, and answers the stamp that is the run's.
        const taken = events!.find((event) => event.activityTaskCompletedEventAttributes);
        const { payloads } = taken!.activityTaskCompletedEventAttributes!.result!;
        return JSON.parse(Buffer.from(payloads![0]!.data!).toString()).stamp as string;
      }),
    );
    expect(new Set(stamps).size).toBe(3);
    expect(stamps.toSorted()).toEqual(stamps);
  });

  test('undoes itself when it fails, and its parent after it', async ({ runs }) => {
    const { run, ending } = await runs.run('parent', { bug: true });

    expect(ending).toMatchObject({
      outcome: 'undone',
      failure: { type: 'RunbookBug', message: expect.stringMatching(/^Practice was undone: Type/) },
    });
    expect(ending.ledger.map(({ state }) => state)).toEqual([
      'undone',
      'failed',
      'unreached',
      'unreached',
    ]);
    const child = await viewRun(runs.client, `${run}/practise`);
    expect(child.ending?.outcome).toBe('undone');
  });

  test('is stopped with its parent, and waited for', async ({ runs }) => {
    const held = Promise.withResolvers<void>();
    const { run, ending } = await runs.run(
      'parent',
      {},
      {
        around: async (activity, work) => {
          if (activity === 'http.isReady') await held.promise;
          return work();
        },
        meanwhile: async (id, client) => {
          const child = client.workflow.getHandle(`${id}/practise`);
          await vi.waitFor(
            async () => expect((await child.query<Ledger>('ledger'))[2]?.state).toBe('running'),
            TIMEOUT,
          );
          await client.workflow.getHandle(id).cancel();
          await vi.waitFor(async () => {
            const { events } = await child.fetchHistory();
            const asked = events?.some(
              (event) => event.workflowExecutionCancelRequestedEventAttributes,
            );
            expect(asked).toBe(true);
          }, TIMEOUT);
          held.resolve();
        },
      },
    );

    expect(ending).toMatchObject({ outcome: 'stopped', failure: { type: 'Stopped' } });
    expect(ending.ledger.map(({ state }) => state)).toEqual([
      'undone',
      'undone',
      'unreached',
      'unreached',
    ]);
    const child = await viewRun(runs.client, `${run}/practise`);
    expect(child.ending?.outcome).toBe('stopped');
  });
});
