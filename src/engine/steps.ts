import { ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import type { Systems } from '../activities/index.ts';
import { reasonOf } from './ending.ts';
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
}

/** Runs the lines of one ledger, and undoes them. */
export function openSteps({ call, show, tell }: StepsDoor) {
  const undos: Undo[] = [];
  const run = CancellationScope.current();

  function stepFor(line: LedgerLine): Step {
    const step = async <Result>(
      work: Work<Result>,
      { undo, note, ...options }: StepOptions<Result> = {},
    ): Promise<Result> => {
      expectPending(line);
      if (run.consideredCancelled)
        throw ApplicationFailure.nonRetryable(`Stopped before "${line.title}"`, 'Stopped');
      if (undo) undos.push({ line, undo });
      update(line, { state: 'running', startedAt: now() });
      try {
        // A stop is obeyed between steps: the one that runs is allowed to finish.
        const result = await CancellationScope.nonCancellable(() =>
          work(systemsFor(`${line.number}. ${line.title}`, call)),
        );
        update(line, { state: 'done', finishedAt: now(), ...(note && { note: note(result) }) });
        return result;
      } catch (error) {
        const { message } = reasonOf(error);
        update(line, { state: 'failed', finishedAt: now(), note: message });
        if (!('ifFailed' in options)) throw error;
        await tell(`Went on without "${line.title}": ${message}`);
        return options.ifFailed;
      }
    };
    function omit(why: string): void {
      expectPending(line);
      update(line, { state: 'omitted', note: why });
    }
    return Object.assign(step, { omit });
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
