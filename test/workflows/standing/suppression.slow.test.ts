import { describe, expect, vi } from 'vitest';
import type { Hold } from '../../../src/incident/beside/hold.ts';
import { incidentQuery } from '../../../src/incident/messages.ts';
import { test } from '../../support/run.ts';
import { TIMEOUT } from '../../support/timeouts.ts';

describe('alerts', () => {
  test('are held back as long as anybody has asked for it, and not a moment after', async ({
    runs,
  }) => {
    const worker = await runs.serve();
    const id = `suppression/${crypto.randomUUID()}`;
    const handle = runs.client.workflow.getHandle(id);
    const hold = async (by: string, seconds: number) => {
      const until = new Date(Date.now() + seconds * 1000).toISOString();
      const asked: Hold = { by, why: 'practice', until };
      const start = { workflowId: id, taskQueue: runs.queue };
      await runs.client.workflow.signalWithStart('suppression', {
        ...start,
        signal: 'hold',
        signalArgs: [asked],
      });
      return until;
    };
    try {
      await hold('first', 3600);
      const until = await hold('second', 6);
      await hold('third', 1);
      await handle.signal('lift', { by: 'first' });
      const holds = () => handle.query<readonly Hold[]>('holds');
      await vi.waitFor(
        async () => expect((await holds()).map(({ by }) => by)).toEqual(['second']),
        TIMEOUT,
      );

      // Nobody lifts the last one: the run that asked for it may have been terminated.
      await handle.result();

      expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(until));
      expect(Date.now() - Date.parse(until)).toBeLessThan(120_000);
    } finally {
      await worker.stop();
    }
  });

  test('come through again with a word to people, where that was asked for', async ({
    world,
    runs,
  }) => {
    const worker = await runs.serve();
    const id = `suppression/${world.name}`;
    const hold = (by: string, seconds: number, tell?: string) => {
      const until = new Date(Date.now() + seconds * 1000).toISOString();
      return runs.client.workflow.signalWithStart('suppression', {
        workflowId: id,
        taskQueue: runs.queue,
        signal: 'hold',
        signalArgs: [{ by, why: 'practice', until, ...(tell && { tell }) } satisfies Hold],
      });
    };
    try {
      await hold('lifted', 3, 'The time is over, says who was lifted');
      const handle = await hold('stays', 3, 'The time is over');
      await handle.signal('lift', { by: 'lifted' });
      await handle.result();

      const incident = runs.client.workflow.getHandle(`incident/${world.name}/start-application`);
      await vi.waitFor(
        async () =>
          expect(await incident.query(incidentQuery)).toMatchObject({
            title: 'The time is over',
            severity: 'sev3',
          }),
        TIMEOUT,
      );
      await incident.terminate('a test');
    } finally {
      await worker.stop();
    }
  });
});
