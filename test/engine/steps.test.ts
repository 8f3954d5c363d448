import { describe, expect, vi } from 'vitest';
import type { Ledger } from '../../src/engine/run/ledger.ts';
import { broken } from '../support/broken.ts';
import { test } from '../support/run.ts';
import { TIMEOUT } from '../support/timeouts.ts';

describe.concurrent('step.each', () => {
  test('gives every item a line of its own, worked on side by side', async ({ runs }) => {
    let now = 0;
    let most = 0;

    const { ending } = await runs.run(
      'practice',
      { parts: ['1', '2', '3'] },
      {
        around: async (activity, work) => {
          if (activity !== 'runtime.logs') return work();
          now += 1;
          most = Math.max(most, now);
          await new Promise((settle) => setTimeout(settle, 300));
          now -= 1;
          return work();
        },
      },
    );

    expect(ending.outcome).toBe('done');
    expect(most).toBe(2);
    expect(ending.ledger[3]?.parts?.map(({ title, state }) => `${title} ${state}`)).toEqual([
      'Part 1 done',
      'Part 2 done',
      'Part 3 done',
    ]);
  });

  const asking = test.extend({ decisions: { wait: '5m', waitWhileDown: '0s' } });
  asking('repeats only what is not done when a person lets it try again', async ({ runs }) => {
    const calls: string[] = [];
    let isBroken = true;

    const { ending } = await runs.run(
      'practice',
      { parts: ['1', '2', '3'] },
      {
        around: async (activity, work, args) => {
          if (activity !== 'runtime.logs') return work();
          calls.push(String(args[0]));
          if (args[0] === 2 && isBroken) throw broken('Part 2 is broken');
          return work();
        },
        meanwhile: async (run, client) => {
          const handle = client.workflow.getHandle(run);
          await vi.waitFor(
            async () => expect((await handle.query<Ledger>('ledger'))[3]?.state).toBe('waiting'),
            TIMEOUT,
          );
          isBroken = false;
          const decision = { step: 'parts', attempt: 1, choice: 'retry', by: 'ops-1' };
          await handle.executeUpdate('decide', { args: [decision] });
        },
      },
    );

    expect(ending).toMatchObject({ outcome: 'done', output: { parts: 3 } });
    expect(calls.filter((part) => part === '1')).toHaveLength(1);
    expect(calls.filter((part) => part === '2')).toHaveLength(2);
  });
});

describe('steps side by side', () => {
  test('have all settled before anything is undone', async ({ runs }) => {
    const events: string[] = [];

    const { ending } = await runs.run(
      'practice',
      { beside: true },
      {
        around: async (activity, work) => {
          if (activity === 'http.expectReady') throw broken('The left is broken');
          if (activity === 'redis.ping') events.push('undo begins');
          if (activity !== 'runtime.logs') return work();
          await new Promise((settle) => setTimeout(settle, 800));
          const result = await work();
          events.push('the right ends');
          return result;
        },
      },
    );

    expect(ending.outcome).toBe('undone');
    expect(events).toEqual(['the right ends', 'undo begins', 'undo begins']);
  });
});
