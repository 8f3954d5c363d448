import { CancellationScope } from '@temporalio/workflow';
import type { StepSystems } from '../../activities/index.ts';
import { type Reason, reasonOf } from '../run/ending.ts';
import { failed } from '../run/failed.ts';
import type { Choice } from '../run/interventions.ts';
import type { LedgerLine } from '../run/ledger.ts';
import type { Call } from '../systems/systems.ts';
import type { Runbooks } from './children.ts';
import { contextFor } from './context-for.ts';
import { openParts } from './parts.ts';
import type { EachOptions, Step, StepOptions, Work } from './step.ts';
import { openUndos, type Undone } from './undos.ts';

export interface StepsContext {
  readonly call: Call;
  readonly childrenOf: (line: LedgerLine) => Runbooks;
  /** Called after every change of a line. */
  readonly show: (line: LedgerLine) => void;
  readonly notify: (...sentences: string[]) => Promise<void>;
  /** Returns when the run may go on to this line: it is not paused. */
  readonly passable: (line: LedgerLine) => Promise<void>;
  /** Why this line must not begin any more, as text. */
  readonly pastCutoff: (line: LedgerLine) => string | undefined;
  /** Error: `Rejected`. */
  readonly approved: (line: LedgerLine, why: string) => Promise<void>;
  /** What becomes of a line that failed. */
  readonly decide: (line: LedgerLine, reason: Reason, skippable: boolean) => Promise<Choice>;
  /** What would be done, as text, when an error means that a plan has come to its first act. */
  readonly planned: (reason: Reason) => string | undefined;
}

/** Runs the lines of one ledger, and undoes them. */
export function openSteps(context: StepsContext) {
  const { call, childrenOf, show, notify, passable, pastCutoff, approved, decide, planned } =
    context;
  const run = CancellationScope.current();
  const working = new Set<Promise<unknown>>();
  const undos = openUndos(call, update);
  let closed = false;

  function stepFor(line: LedgerLine): Step {
    return Object.assign(step, { each, omit, dropUndo: () => undos.drop(line) });

    async function step<Result>(
      work: Work<Result>,
      options: StepOptions<Result> = {},
    ): Promise<Result> {
      expectPending(line);
      try {
        await passable(line);
        const late = pastCutoff(line);
        if (late !== undefined && 'ifPastCutoff' in options) {
          omit(late);
          return options.ifPastCutoff;
        }
        if (late !== undefined) throw failed('PastCutoff', late);
        if (options.approve) await approved(line, options.approve);
        expectOpen(line);
      } catch (error) {
        update(line, { note: reasonOf(error).message });
        throw error;
      }
      if (options.undo) undos.register({ line, undo: options.undo });
      const attempting = attempts(line, work, options);
      working.add(attempting);
      return attempting.finally(() => working.delete(attempting));
    }

    async function each<Item, Result>(
      items: readonly Item[],
      nameOf: (item: Item) => string,
      work: (systems: StepSystems & Runbooks, item: Item) => Promise<Result>,
      { atOnce = 1, ...options }: EachOptions<Result[]> = {},
    ): Promise<Result[]> {
      expectPending(line);
      const parts = openParts({
        line,
        items,
        nameOf,
        work,
        atOnce,
        call,
        childrenOf,
        update: updatePart,
      });
      return step(parts, options);
    }

    function updatePart(part: LedgerLine, change: Partial<LedgerLine>): void {
      Object.assign(part, change);
      show(line);
    }

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
          work(contextFor(line, summary, call, childrenOf(line))),
        );
        update(line, { state: 'done', finishedAt: now(), ...(note && { note: note(result) }) });
        return result;
      } catch (error) {
        const reason = reasonOf(error);
        const plan = planned(reason);
        if (plan) {
          update(line, { state: 'planned', note: plan });
          throw error;
        }
        // A child that was stopped with this run has put back what it did.
        const stopped = reason.type === 'Stopped' && run.consideredCancelled;
        const state = stopped ? 'undone' : 'failed';
        update(line, { state, finishedAt: now(), note: reason.message });
        if (stopped) throw error;
        if ('ifFailed' in options) {
          await notify(`Went on without "${line.title}": ${reason.message}`);
          return options.ifFailed;
        }
        const choice = closed ? 'undo' : await decide(line, reason, 'ifSkipped' in options);
        if (choice === 'undo') throw error;
        if (choice === 'skip') {
          update(line, { state: 'skipped' });
          return options.ifSkipped as Result;
        }
      }
    }
  }

  /** Starts nothing more, and waits for what works side by side: no undo may run beside work. */
  async function settle(): Promise<void> {
    closed = true;
    while (working.size > 0) await Promise.allSettled(working);
  }

  async function undoAll(): Promise<Undone> {
    await settle();
    return undos.undoAll();
  }

  function expectOpen({ title }: LedgerLine): void {
    if (run.consideredCancelled) throw failed('Stopped', `Stopped before "${title}"`);
    if (closed) throw failed('RunbookBug', `Ended before "${title}"`);
  }

  function update(line: LedgerLine, change: Partial<LedgerLine>): void {
    Object.assign(line, change);
    show(line);
  }

  return { stepFor, settle, undoAll };
}

function expectPending(line: LedgerLine): void {
  if (line.state === 'pending') return;
  throw failed('RunbookBug', `Step "${line.id}" already ran`);
}

function now(): string {
  return new Date().toISOString();
}
