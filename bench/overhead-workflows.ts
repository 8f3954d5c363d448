import { proxyActivities } from '@temporalio/workflow';
import { z } from 'zod';
import { defineRunbook } from '../src/engine/define-runbook.ts';

interface Work {
  readonly steps: number;
  readonly queue: string;
}

const own = proxyActivities<{ touch(): Promise<void> }>({
  taskQueue: 'touch',
  startToCloseTimeout: '1m',
});

/** The floor: a stock workflow whose activity does nothing, in the worker's own process. */
export async function bare({ steps }: Work): Promise<void> {
  for (let step = 0; step < steps; step += 1) await own.touch();
}

/** A stock workflow that calls the activity which the runbooks below call: it does nothing, in a job process. */
export async function byHand({ steps, queue }: Work): Promise<void> {
  const { 'redis.ping': ping } = proxyActivities<{ 'redis.ping'(): Promise<unknown> }>({
    taskQueue: queue,
    startToCloseTimeout: '1m',
    heartbeatTimeout: '10s',
  });
  for (let step = 0; step < steps; step += 1) await ping();
}

const LINES = Array.from({ length: 20 }, (_, line) => `line${line + 1}`);

/** As long as a manual's page gets. `steps` says how many of its lines a run needs. */
function page(name: string, line: 'reads' | 'acts') {
  return defineRunbook({
    name,
    title: name,
    purpose: 'Measure the engine',
    family: 'lifecycle',
    severity: 'sev4',
    kind: 'acts',
    expected: '10m',
    input: z.object({ steps: z.number() }),
    plan: Object.fromEntries(LINES.map((id) => [id, `Do what ${id} says`])),
    async run({ input, step }) {
      for (const [index, id] of LINES.entries()) {
        const one = step[id]!;
        if (index >= input.steps) one.omit('not needed');
        else if (line === 'reads') await one(({ redis }) => redis.ping(), { ifSkipped: undefined });
        else
          await one(({ redis }) => redis.clearPrefix(), {
            undo: ({ redis }) => redis.ping(),
            ifSkipped: undefined,
            note: (cleared) => cleared?.note ?? '',
          });
      }
    },
  });
}

/** Runbooks with all powers on: the target has no cache, so that their activities do nothing. */
export const reading = page('reading', 'reads');
export const changing = page('changing', 'acts');
