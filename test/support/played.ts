import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { type NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { catalogue } from '../../src/client/catalogue.ts';
import { targetQueue } from '../../src/config/queues.ts';

/** An activity of another version that is called `swapAnew` is answered as `swap` was. */
const ANEW = /Anew$/;

interface Open {
  readonly client: Client;
  readonly native: NativeConnection;
  readonly queue: string;
  readonly target: string;
}

/** A run that is played by the answers of a saved history. */
interface Play {
  readonly answers: Map<string, unknown[]>;
  /** What each call was answered: a call that is tried again gets the same. */
  readonly given: Map<string, unknown>;
  /** It stands still at its call of this number, until all are let go. */
  readonly until: number;
}

/** What they do hangs on the time, or on which of several calls is answered first: played anew, they go another way than when they were saved. */
const OTHERWISE = new Set(['high-memory', 'repair', 'security-checklist', 'security-monitoring']);

/** Runbooks whose run that ended well needs nothing but its activities. */
export function playable(): string[] {
  return [...catalogue.keys()].filter((runbook) => {
    if (OTHERWISE.has(runbook)) return false;
    const file = fileOf(runbook);
    if (!existsSync(file)) return false;
    return !/START_CHILD_WORKFLOW|UPDATE_ACCEPTED|WORKFLOW_EXECUTION_SIGNALED|ACTIVITY_TASK_FAILED/.test(
      readFileSync(file, 'utf8'),
    );
  });
}

/**
 * Real runs of real runbooks, of which only the activities are played: each answers what it answered when the history was saved, and at a
 * call of ours stands still. So any number of them is open at any step, without a system that they act on.
 */
export function openPlays({ client, native, queue, target }: Open) {
  const plays = new Map<string, Play>();
  const all = { letGo: false };
  const serving = new Set<() => Promise<void>>();

  return {
    /** Starts a run that stands still after this part of its calls, from 0 to less than 1. Answers its id. */
    async start(runbook: string, part: number): Promise<string> {
      const events = historyFromJSON(JSON.parse(readFileSync(fileOf(runbook), 'utf8'))).events!;
      const answers = new Map<string, unknown[]>();
      let calls = 0;
      for (const { eventId, activityTaskScheduledEventAttributes: call } of events) {
        const done = events.find(
          (event) =>
            String(event.activityTaskCompletedEventAttributes?.scheduledEventId) ===
            String(eventId),
        )?.activityTaskCompletedEventAttributes;
        if (!call || !done) continue;
        calls += 1;
        const type = call.activityType!.name!;
        const [payload] = done.result?.payloads ?? [];
        const answer = payload && defaultPayloadConverter.fromPayload(payload);
        answers.set(type, [...(answers.get(type) ?? []), answer]);
      }
      const [payload] = events[0]!.workflowExecutionStartedEventAttributes!.input!.payloads!;
      const envelope = defaultPayloadConverter.fromPayload<object>(payload!);
      const run = `${runbook}/${target}/${plays.size}`;
      plays.set(run, { answers, given: new Map(), until: Math.floor(part * calls) });
      await client.workflow.start(runbook, {
        workflowId: run,
        taskQueue: queue,
        args: [{ ...envelope, target }],
      });
      return run;
    },

    /** Those that have not yet come to where they stand still. */
    behind: (): string[] =>
      [...plays].flatMap(([run, { given, until }]) =>
        given.size < until ? `${run}: ${given.size} of ${until}` : [],
      ),
    letGo(): void {
      all.letGo = true;
    },

    /** A worker of this version. Whoever asks for it stops it. */
    async serve(workflowBundle: WorkflowBundleOption, buildId?: string) {
      const common = { connection: native, namespace: client.options.namespace };
      const workers = [
        await Worker.create({
          ...common,
          taskQueue: queue,
          workflowBundle,
          maxCachedWorkflows: 100,
          activities: { default: answer },
          ...(buildId !== undefined && { buildId }),
        }),
        await Worker.create({
          ...common,
          taskQueue: targetQueue(target),
          maxConcurrentActivityTaskExecutions: 500,
          activities: { default: answer },
        }),
      ];
      const ended = Promise.all(workers.map((worker) => worker.run()));
      const stop = async (): Promise<void> => {
        serving.delete(stop);
        for (const worker of workers) worker.shutdown();
        await ended;
      };
      serving.add(stop);
      return { stop };
    },

    /** Those workers that a test that failed has left. */
    async close(): Promise<void> {
      for (const stop of serving) await stop();
    },
  };

  async function answer(): Promise<unknown> {
    const { activityType, activityId, workflowExecution } = activityInfo();
    const play = plays.get(workflowExecution!.workflowId);
    if (!play) throw ApplicationFailure.nonRetryable('It is no play of this test', 'NotPlayed');
    const { answers, given, until } = play;
    while (!all.letGo && !given.has(activityId) && given.size >= until) {
      heartbeat();
      await sleep(200, undefined, { signal: cancellationSignal() });
    }
    if (!given.has(activityId))
      given.set(activityId, answers.get(activityType.replace(ANEW, ''))?.shift());
    return given.get(activityId);
  }
}

function fileOf(runbook: string): string {
  return `test/runbooks/${runbook}/histories/done.json`;
}
