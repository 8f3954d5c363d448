import { fc } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { loadTarget } from '../../../src/config/load/load.ts';
import { type Act, stories, type Story } from './stories/act.ts';
import { openSandboxes } from './stories/sandbox.ts';
import { tell } from './stories/tell.ts';
import { ACTIVITIES } from './stories/world.ts';

const isFull = process.env['RUNBOOK_TESTS'] === 'full';
/** One takes 50 to 100 ms of a processor. `RUNBOOK_STORIES=2000` for the patient. */
const STORIES = Number(process.env['RUNBOOK_STORIES'] ?? (isFull ? 200 : 25));
/** However many there are, and whatever else the machine does. */
const TIMEOUT = Math.max(300_000, STORIES * 3000);
const seed = Number(process.env['RUNBOOK_SEED'] ?? Date.now() % 1_000_000);
const targets = {
  a: loadTarget('ahgd', 'targets'),
  b: loadTarget('analytics-hub', 'targets'),
};
let sandboxes: Awaited<ReturnType<typeof openSandboxes>>;

beforeAll(async () => {
  sandboxes = await openSandboxes(inject('workflowBundle'), ACTIVITIES);
});
afterAll(() => sandboxes.close());

describe(`${STORIES} random stories of a fault, of people, and of what fails between them`, () => {
  test(
    'lose no alert, miss no page, and leave no sev1 in silence',
    async () => {
      process.stderr.write(`RUNBOOK_SEED=${seed} RUNBOOK_STORIES=${STORIES}\n`);
      await fc.assert(
        fc.asyncProperty(stories, async (story) => {
          expect(await tell(sandboxes, targets, story)).toEqual([]);
        }),
        { seed, numRuns: STORIES },
      );
    },
    TIMEOUT,
  );
});

const fire = (source = 0, severity: 'sev1' | 'sev2' | 'sev3' = 'sev2'): Act => ({
  do: 'fire',
  source,
  severity,
});

/** Each of them was lost, or told to nobody, before. Minutes, and what happens then. */
const once: Readonly<Record<string, readonly (readonly [after: number, act: Act])[]>> = {
  'an alert that comes while the end is announced': [
    [0, fire()],
    [1, { do: 'slow', on: true }],
    [5, { do: 'resolve' }],
    [0, fire()],
  ],
  'an alert that comes after the end, while no worker is there': [
    [0, fire()],
    [0, { do: 'worker', up: false }],
    [5, { do: 'resolve' }],
    [1, fire()],
    [9, { do: 'worker', up: true }],
  ],
  'an alert of which the worker hears together with the end before it': [
    [0, { do: 'worker', up: false }],
    [0, fire()],
    [5, { do: 'resolve' }],
    [1, fire()],
    [9, { do: 'worker', up: true }],
  ],
  'an answer that comes after the end': [
    [0, fire()],
    [5, { do: 'slow', on: true }],
    [0, { do: 'resolve' }],
    [0, { do: 'acknowledge' }],
  ],
  'a fault that becomes graver when it was acknowledged': [
    [0, fire(0, 'sev3')],
    [5, { do: 'acknowledge' }],
    [5, fire(0, 'sev1')],
    [90, { do: 'note' }],
  ],
  'a fault that becomes graver when it was mailed': [
    [0, fire(0, 'sev3')],
    [5, { do: 'severity', severity: 'sev1' }],
  ],
  'a hold that is lifted early': [
    [0, { do: 'hold', minutes: 300 }],
    [1, fire()],
    [30, { do: 'lift' }],
  ],
  'an end that one of two sources tells': [
    [0, fire(0)],
    [0, fire(1)],
    [5, { do: 'clear', source: 0 }],
  ],
  'a silence that is ended early': [
    [0, { do: 'silence', minutes: 300 }],
    [1, fire(0, 'sev1')],
    [30, { do: 'unsilence' }],
  ],
  'a silence that goes on when a hold is lifted, and ends by itself': [
    [0, { do: 'hold', minutes: 100 }],
    [0, { do: 'silence', minutes: 60 }],
    [1, fire(0, 'sev1')],
    [20, { do: 'lift' }],
  ],
  'a silence that ends together with a hold, while no worker is there': [
    [0, fire(0, 'sev1')],
    [0, { do: 'silence', minutes: 16 }],
    [16, { do: 'worker', up: false }],
    [0, { do: 'hold', minutes: 0 }],
    [1, { do: 'worker', up: true }],
  ],
  'a silence that is made shorter': [
    [0, { do: 'silence', minutes: 200 }],
    [1, fire(0, 'sev1')],
    [20, { do: 'silence', minutes: 20 }],
  ],
  'a silence that is made shorter while it is asked whether there is one': [
    [0, { do: 'slow', on: true }],
    [0, { do: 'silence', minutes: 30 }],
    [0, fire(0, 'sev1')],
    [0, { do: 'silence', minutes: 0 }],
    [20, { do: 'acknowledge' }],
  ],
  'a silence that is ended while it is asked whether there is one': [
    [0, { do: 'slow', on: true }],
    [0, { do: 'silence', minutes: 30 }],
    [0, fire(0, 'sev1')],
    [0, { do: 'unsilence' }],
    [20, { do: 'acknowledge' }],
  ],
  'a hold that is lifted while it is asked whether there is one': [
    [0, { do: 'slow', on: true }],
    [0, { do: 'hold', minutes: 30 }],
    [0, fire(0, 'sev1')],
    [0, { do: 'lift' }],
    [20, { do: 'acknowledge' }],
  ],
  'a level that is called when it has just been given to somebody': [
    [0, fire(0, 'sev1')],
    [0, { do: 'reassign', to: 0 }],
    [0, { do: 'escalate' }],
    [0, { do: 'acknowledge' }],
  ],
  'a snooze that ends while whoever asked for it is heard of': [
    [0, fire(0, 'sev1')],
    [5, { do: 'snooze', minutes: 20 }],
    [10, { do: 'note' }],
    [30, { do: 'note' }],
  ],
  'a level that is called before its time, and hands it on': [
    [0, fire(0, 'sev1')],
    [5, { do: 'acknowledge' }],
    [5, { do: 'escalate' }],
    [10, { do: 'reassign', to: 2 }],
    [40, { do: 'note' }],
  ],
  'somebody who is asked for while alerts are held back': [
    [0, { do: 'hold', minutes: 200 }],
    [1, fire(0, 'sev1')],
    [5, { do: 'respond', to: 2 }],
  ],
  'a fault that is not over, and is opened again while alerts are silenced': [
    [0, fire(0, 'sev1')],
    [5, { do: 'resolve' }],
    [5, { do: 'silence', minutes: 200 }],
    [1, { do: 'reopen' }],
  ],
  'somebody who is asked for while it becomes graver': [
    [0, fire(0, 'sev3')],
    [0, { do: 'escalate' }],
    [0, fire(0, 'sev1')],
  ],
  'somebody who is asked for after it has become graver, of which no worker has heard': [
    [0, fire(0, 'sev3')],
    [0, { do: 'worker', up: false }],
    [0, fire(1, 'sev1')],
    [0, { do: 'escalate' }],
    [5, { do: 'worker', up: true }],
  ],
  'a level that is called while alerts are silenced, before any worker knows of the fault': [
    [0, { do: 'worker', up: false }],
    [0, fire()],
    [15, { do: 'escalate' }],
    [5, { do: 'silence', minutes: 249 }],
    [0, { do: 'worker', up: true }],
  ],
  'a level that is called when the one before was asked for by name': [
    [0, fire()],
    [20, { do: 'reassign', to: 0 }],
    [3, { do: 'escalate' }],
  ],
  'a fault that is given to somebody as soon as it is graver': [
    [0, fire(1, 'sev3')],
    [0, { do: 'worker', up: false }],
    [60, fire(2, 'sev1')],
    [5, { do: 'reassign', to: 1 }],
    [0, { do: 'worker', up: true }],
  ],
  'somebody who is asked for when the next level is called late': [
    [0, fire()],
    [0, { do: 'worker', up: false }],
    [0, { do: 'respond', to: 0 }],
    [31, { do: 'escalate' }],
    [0, { do: 'worker', up: true }],
  ],
  'a next level when somebody is asked for in vain': [
    [0, fire()],
    [1, { do: 'pager', up: false }],
    [0, { do: 'respond', to: 0 }],
    [9, { do: 'pager', up: true }],
    [0, { do: 'escalate' }],
  ],
  'a level that was tried before its time, when nothing rang': [
    [0, { do: 'pager', up: false }],
    [0, fire(0, 'sev1')],
    [7, { do: 'respond', to: 0 }],
    [16, { do: 'pager', up: true }],
  ],
  'somebody who is asked for when all have been called': [
    [0, fire(0, 'sev1')],
    [453, { do: 'escalate' }],
    [17, { do: 'respond', to: 0 }],
    [60, { do: 'note' }],
  ],
  'somebody who has it no more': [
    [0, fire(0, 'sev2')],
    [5, { do: 'acknowledge' }],
    [20, { do: 'unacknowledge' }],
  ],
  'an alert by a clock that is three hours slow': [
    [0, fire(0)],
    [5, { do: 'clear', source: 0 }],
    [1, fire(1)],
  ],
};

describe.each(['a', 'b'] as const)('by the manual %s nobody is left untold by', (manual) => {
  test.each(Object.entries(once))('%s', async (_what, acts) => {
    const story: Story = {
      manual,
      clocks: [180, -180, 0],
      acts: acts.map(([after, act]) => ({ after, act })),
    };

    expect(await tell(sandboxes, targets, story)).toEqual([]);
  });
});
