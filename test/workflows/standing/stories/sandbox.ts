import { readFileSync } from 'node:fs';
import { requiredTsToMs } from '@temporalio/common/lib/time.js';
import type { coresdk } from '@temporalio/proto';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker.js';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm.js';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared.js';
import { activate, type Command } from './activate.ts';
import { isOpen, type Job, type Living, newRun, payload, type Run, value } from './living-run.ts';

/** What an activity answers, and how long it takes. */
export interface Done {
  readonly result: unknown;
  /** Milliseconds. */
  readonly takes: number;
}

export interface Sandbox {
  /** Milliseconds since 1970, of everybody. */
  now(): number;
  signalWithStart(type: string, id: string, signal: string, argument: unknown): Promise<void>;
  /** False: there is no open one. */
  signal(id: string, signal: string, argument: unknown): Promise<boolean>;
  query(id: string, name: string): Promise<unknown>;
  /** Lets this much time pass, and all that it brings about. */
  pass(milliseconds: number): Promise<void>;
  /** While no worker is there nothing is done; what is sent is kept. */
  away(isAway: boolean): Promise<void>;
  /** All runs that there were, in their order. */
  readonly runs: readonly Run[];
  close(): Promise<void>;
}

export type Activities = Readonly<
  Record<string, (argument: never, run: Run) => Promise<Done> | Done>
>;

/** Prepares the bundle of workflows, once for many stories. */
export async function openSandboxes(bundle: string, activities: readonly string[]) {
  const code = parseWorkflowCode(readFileSync(bundle, 'utf8'), bundle);
  const creator = await ReusableVMWorkflowCreator.create(code, 10_000, new Set(activities));
  // It keeps a stack for each promise, which takes as long as all the rest.
  (globalHandlers as unknown as { stopPromiseHook(): void }).stopPromiseHook();
  return {
    /** `idle`: types of workflows that are no part of the story. */
    open: (start: number, all: Activities, idle: readonly string[] = []) =>
      openSandbox(creator, start, all, idle),
    close: () => creator.destroy(),
  };
}

/**
 * The real workflows in Temporal's own sandbox, and in the place of the server an orderly queue: time passes when the test says so,
 * and a story of days takes milliseconds. What a server does beside it - histories, replay - other tests see on the real one.
 */
function openSandbox(
  creator: ReusableVMWorkflowCreator,
  start: number,
  activities: Activities,
  idle: readonly string[],
): Sandbox {
  let clock = start;
  let isAway = false;
  const runs: Living[] = [];
  /** What is due without anybody's doing: the ends of activities. */
  const due: { at: number; run: Living; job: Job }[] = [];
  const waiting: { run: Living; job: () => Promise<void> }[] = [];
  const open = (id: string) => runs.findLast((run) => run.id === id && run.status === 'open');

  return {
    now: () => clock,
    runs,
    async signalWithStart(type, id, signal, argument) {
      tell(open(id) ?? begin(type, id, []), signal, argument);
      await settle();
    },
    async signal(id, signal, argument) {
      const run = open(id);
      if (run) tell(run, signal, argument);
      await settle();
      return run !== undefined;
    },
    async query(id, name) {
      const run = open(id);
      if (!run?.workflow) return undefined;
      const query = { queryId: '1', queryType: name, arguments: [] };
      const commands = await activate(creator, clock, run, [{ queryWorkflow: query }]);
      return value(commands[0]?.respondToQuery?.succeeded?.response);
    },
    async pass(milliseconds) {
      const end = clock + milliseconds;
      for (;;) {
        const next = isAway ? undefined : nextDue();
        if (next === undefined || next > end) break;
        clock = Math.max(clock, next);
        ripen();
        await settle();
      }
      clock = end;
    },
    async away(now) {
      isAway = now;
      if (isAway) return;
      ripen();
      await settle();
    },
    async close() {
      for (const { workflow, runId } of runs) {
        await workflow?.dispose();
        ReusableVMWorkflowCreator.workflowByRunId.delete(runId);
      }
    },
  };

  function begin(type: string, id: string, args: unknown[], first?: string): Living {
    const run = newRun({ type, id, begun: clock, idle: idle.includes(type) }, args, first);
    runs.push(run);
    return run;
  }

  function tell(run: Living, signalName: string, argument: unknown): void {
    run.jobs.push({ signalWorkflow: { signalName, input: [payload(argument)], headers: {} } });
  }

  function nextDue(): number | undefined {
    const times = [
      ...due.map(({ at }) => at),
      ...runs.filter(isOpen).flatMap((run) => [...run.timers.values()]),
    ];
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** What is due by now becomes work of its run. */
  function ripen(): void {
    for (const one of due.splice(0)) {
      if (one.at > clock) due.push(one);
      else if (isOpen(one.run)) one.run.jobs.push(one.job);
    }
    for (const run of runs.filter(isOpen))
      for (const [seq, at] of run.timers)
        if (at <= clock) {
          run.timers.delete(seq);
          run.jobs.push({ fireTimer: { seq } });
        }
  }

  async function settle(): Promise<void> {
    for (;;) {
      if (isAway) return;
      const run = runs.find((one) => isOpen(one) && !one.idle && one.jobs.length > 0);
      if (!run) {
        const next = waiting.shift();
        if (!next) return;
        await next.job();
        ripen();
        continue;
      }
      await obey(run, await activate(creator, clock, run, run.jobs.splice(0)));
    }
  }

  async function obey(run: Living, commands: readonly Command[]): Promise<void> {
    for (const command of commands) {
      const { scheduleActivity, startTimer, cancelTimer } = command;
      if (startTimer)
        run.timers.set(startTimer.seq!, clock + requiredTsToMs(startTimer.startToFireTimeout, ''));
      if (cancelTimer) run.timers.delete(cancelTimer.seq!);
      if (scheduleActivity) schedule(run, scheduleActivity);
      if (command.startChildWorkflowExecution) child(run, command.startChildWorkflowExecution);
      if (command.signalExternalWorkflowExecution)
        external(run, command.signalExternalWorkflowExecution);
      end(run, command);
    }
  }

  function schedule(
    run: Living,
    { seq, activityType, arguments: args }: coresdk.workflow_commands.ScheduleActivity.$Properties,
  ): void {
    const work = activities[activityType!];
    if (!work) throw new Error(`No activity ${activityType}`);
    waiting.push({
      run,
      async job() {
        const { result, takes } = await work(value(args![0]) as never, run);
        const completed = { result: payload(result ?? null) };
        due.push({
          at: clock + takes,
          run,
          job: { resolveActivity: { seq: seq!, result: { completed } } },
        });
      },
    });
  }

  function child(
    run: Living,
    command: coresdk.workflow_commands.StartChildWorkflowExecution.$Properties,
  ): void {
    const { seq, workflowId, workflowType, input = [] } = command;
    const one = begin(workflowType!, workflowId!, input!.map(value));
    run.jobs.push({
      resolveChildWorkflowExecutionStart: { seq: seq!, succeeded: { runId: one.runId } },
    });
    one.ended = ({ result }) =>
      run.jobs.push({
        resolveChildWorkflowExecution: {
          seq: seq!,
          result: { completed: { result: payload(result) } },
        },
      });
  }

  function external(
    run: Living,
    command: coresdk.workflow_commands.SignalExternalWorkflowExecution.$Properties,
  ): void {
    const { seq, signalName, args = [], workflowExecution } = command;
    const other = open(workflowExecution!.workflowId!);
    if (other) other.jobs.push({ signalWorkflow: { signalName, input: args, headers: {} } } as Job);
    const failure = { message: 'not found' };
    run.jobs.push({ resolveSignalExternalWorkflow: { seq: seq!, ...(!other && { failure }) } });
  }

  function end(run: Living, command: Command): void {
    const { completeWorkflowExecution: done, failWorkflowExecution: failed } = command;
    const { continueAsNewWorkflowExecution: next } = command;
    if (!done && !failed && !next) return;
    run.status = done ? 'done' : failed ? 'failed' : 'continued';
    if (done) run.result = value(done.result);
    if (failed) run.result = failed.failure?.message;
    if (next) begin(run.type, run.id, (next.arguments ?? []).map(value), run.first);
    run.ended?.(run);
  }
}
