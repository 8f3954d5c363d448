import {
  condition,
  defineQuery,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { targetQueue } from '../../src/config/queues.ts';
import { reasonOf } from '../../src/engine/run/ending.ts';

/** Has the id of another workflow, and answers its query with what it never would. */
export async function lying(): Promise<void> {
  setHandler(defineQuery('holds'), () => [null]);
  await condition(() => false);
}

type Calls = readonly (readonly [type: string, ...args: unknown[]])[];

/** Takes a target as a run does, and then calls what it likes. Answers what came of each call. */
export async function calling(target: string, calls: Calls): Promise<string[]> {
  const activities = proxyActivities<Record<string, (...args: unknown[]) => Promise<unknown>>>({
    taskQueue: targetQueue(target),
    startToCloseTimeout: '1m',
    retry: { maximumAttempts: 2 },
  });
  const request = { wait: true, preempt: false, takeOverIncomplete: true, governed: false };
  const stamp = workflowInfo().workflowId.split('/').at(-1);
  await activities['target.take']!({ ...request, stamp });
  const answers: string[] = [];
  for (const [type, ...args] of calls)
    answers.push(
      await activities[type]!(...args).then(
        () => 'done',
        (error: unknown) => reasonOf(error).type,
      ),
    );
  await activities['target.release']!({ cleanedUp: true });
  return answers;
}
