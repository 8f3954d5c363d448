import { ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import type { Systems } from '../activities/index.ts';
import { type Reason, reasonOf } from './ending.ts';
import type { Choice } from './interventions.ts';
import type { LedgerLine } from './ledger.ts';
import { type Call, systemsFor } from './systems.ts';

export type Work<Result> = (systems: Systems) => Promise<Result>;

/** What an undo answers when it must not put the effect back: why, and what people must know or do. */
export interface Leave {
  readonly leave: string;
}

export function leave(words: string): Leave {
  return { leave: words };
}

export interface StepOptions<Result> {
  /** Puts the effect back. Registered before the work starts: a step that failed half-way is the one to undo. */
  readonly undo?: Work<unknown>;
  /** What came of it, in words, for the ledger. */
  readonly note?: (result: Result) => string;
  /** Makes the line one that the run can do without: when it fails, people are told and this is its result. */
  readonly ifFailed?: Result;
  /** Lets a person decide to go on without the line when it fails: this is then its result. */
  readonly ifSkipped?: Result;
  /** Holds the line back until people have approved it. Says why they are asked. */
  readonly approve?: string;
}

export interface Step {
  /** Does the line's work. Once a run. */
  <Result>(work: Work<Result>, options?: StepOptions<Result>): Promise<Result>;
  /** Says that this run does not need the line. */
  omit(why: string): void;
}

export interface Undone {
  /** How many effects were put back. */
  readonly undone: number;
  /** What was not, in words. */
  readonly left: readonly string[];
}

interface Undo {
  readonly line: LedgerLine;
  readonly undo: Work<unknown>;
}

export interface StepsDoor {
  readonly call: Call;
  /** Called after every change of a line. */
  readonly show: (line: LedgerLine) => void;
  readonly tell: (...sentences: string[]) => Promise<void>;
  /** Returns when the run may go on to this line: it is not paused. */
  readonly passable: (line: LedgerLine) => Promise<void>;
  /** Error: `Rejected`. */
  readonly approved: (line: LedgerLine, why: string) => Promise<void>;
  /** What becomes of a line that failed. */
  readonly decide: (line: LedgerLine, reason: Reason, skippable: boolean) => Promise<Choice>;
}

/** Runs the lines of one ledger, and undoes them. */
export function openSteps({ call, show, tell, passable, approved, decide }: StepsDoor) {
  const undos: Undo[] = [];
  const run = CancellationScope.current();

  function stepFor(line: LedgerLine): Step {
    const step = async <Result>(
      work: Work<Result>,
      options: StepOptions<Result> = {},
    ): Promise<Result> => {
      expectPending(line);
      try {
        await passable(line);
        if (options.approve) await approved(line, options.approve);
        expectNotStopped(line);
      } catch (error) {
        update(line, { note: reasonOf(error).message });
        throw error;
      }
      if (options.undo) undos.push({ line, undo: options.undo });
      return attempts(line, work, options);
    };
    return Object.assign(step, { omit });

    function omit(why: string): void {
      expectPending(line);
      update(line, { state: 'omitted', note: why });
    }
  }

  async function attempts<Result>(
    line: LedgerLine,
    work: Work<Result>,
    { note, ...options }: StepOptions<Result>,
  ): Promise<Result> {
    const summary = `${line.number}. ${line.title}`;
    for (let attempt = 1; ; attempt += 1) {
      update(line, { state: 'running', attempt, startedAt: line.startedAt ?? now() });
      try {
        // A stop is obeyed between steps: the one that runs is allowed to finish.
        const result = await CancellationScope.nonCancellable(() =>
          work(systemsFor(summary, call)),
        );
        update(line, { state: 'done', finishedAt: now(), ...(note && { note: note(result) }) });
        return result;
      } catch (error) {
        const reason = reasonOf(error);
        update(line, { state: 'failed', finishedAt: now(), note: reason.message });
        if ('ifFailed' in options) {
          await tell(`Went on without "${line.title}": ${reason.message}`);
          return options.ifFailed;
        }
        const choice = await decide(line, reason, 'ifSkipped' in options);
        if (choice === 'undo') throw error;
        if (choice === 'skip') {
          update(line, { state: 'skipped' });
          return options.ifSkipped as Result;
        }
      }
    }
  }

  function expectNotStopped({ title }: LedgerLine): void {
    if (run.consideredCancelled)
      throw ApplicationFailure.nonRetryable(`Stopped before "${title}"`, 'Stopped');
  }

  /** Undo what was begun, last first. One undo that fails does not stop the others. */
  async function undoAll(): Promise<Undone> {
    const left: string[] = [];
    let undone = 0;
    for (const { line, undo } of undos.toReversed()) {
      try {
        const answer = await CancellationScope.nonCancellable(() =>
          undo(systemsFor(`${line.number}. Undo: ${line.title}`, call)),
        );
        if (isLeave(answer)) {
          left.push(answer.leave);
          update(line, { state: 'left', note: answer.leave });
          continue;
        }
        undone += 1;
        if (line.state === 'failed') {
          update(line, { note: `${line.note}; undone` });
        } else {
          update(line, { state: 'undone' });
        }
      } catch (error) {
        const { message } = reasonOf(error);
        left.push(`Undo "${line.title}" by hand: ${message}`);
        update(line, { state: 'left', note: `Cannot undo: ${message}` });
      }
    }
    return { undone, left };
  }

  function update(line: LedgerLine, change: Partial<LedgerLine>): void {
    Object.assign(line, change);
    show(line);
  }

  return { stepFor, undoAll };
}

function expectPending(line: LedgerLine): void {
  if (line.state === 'pending') return;
  throw ApplicationFailure.nonRetryable(`Step "${line.id}" already ran`, 'RunbookBug');
}

function isLeave(answer: unknown): answer is Leave {
  return typeof answer === 'object' && answer !== null && 'leave' in answer;
}

function now(): string {
  return new Date().toISOString();
}
