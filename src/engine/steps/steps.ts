import { CancellationScope } from '@temporalio/workflow';
import type { StepSystems } from '../../activities/index.ts';
import { type Reason, reasonOf } from '../run/ending.ts';
import { failed } from '../run/failed.ts';
import type { Choice } from '../run/interventions.ts';
import type { LedgerLine } from '../run/ledger.ts';
import type { Call } from '../systems/systems.ts';
import type { Runbooks } from './children.ts';
import { contextFor } from './context-for.ts';
import { endOfParts, openParts, partsOf } from './parts.ts';
import type { EachOptions, Part, Step, StepOptions, Work } from './step.ts';
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
  /** What the run went on without, as text. */
  const shortfalls: string[] = [];
  let closed = false;

  function stepFor(line: LedgerLine): Step {
    return Object.assign(step, {
      each,
      eachByItself,
      tell,
      omit,
      dropUndo: () => undos.drop(line),
    });

    async function step<Result>(
      work: Work<Result>,
      options: StepOptions<Result> = {},
      late = () => pastCutoff(line),
    ): Promise<Result> {
      expectPending(line);
      try {
        await passable(line);
        const why = late();
        if (why !== undefined && 'ifPastCutoff' in options) {
          omit(why);
          shortfalls.push(`${line.title}: ${why}`);
          return options.ifPastCutoff;
        }
        if (why !== undefined) throw failed('PastCutoff', why);
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

    async function eachByItself<Item, Result>(
      items: readonly Item[],
      nameOf: (item: Item) => string,
      work: (systems: StepSystems & Runbooks, item: Item) => Promise<Result>,
    ): Promise<Part<Result>[]> {
      expectPending(line);
      const ends: Part<Result>[] = [];
      const late = () => pastCutoff(line);
      const byItself = { late, isPlanned: (reason: Reason) => planned(reason) !== undefined, ends };
      const common = { line, items, nameOf, work, call, childrenOf, update: updatePart };
      // The cutoff is for each part.
      await step(openParts({ ...common, atOnce: 1, byItself }), {}, () => undefined);
      const { state, note, notDone } = endOfParts(line, ends);
      update(line, { state, note });
      shortfalls.push(...notDone);
      for (const { name, failure } of ends)
        if (failure !== undefined)
          await notify(`Went on without "${name}" of "${line.title}": ${failure}`);
      return ends;
    }

    function updatePart(part: LedgerLine, change: Partial<LedgerLine>): void {
      Object.assign(part, change);
      show(line);
    }

    function tell(note: string, parts: readonly string[] = []): void {
      expectPending(line);
      const done = { state: 'done', startedAt: now(), finishedAt: now() } as const;
      const told = partsOf(line, parts).map((part) => ({ ...part, ...done }));
      update(line, { ...done, note, ...(told.length > 0 && { parts: told }) });
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
          shortfalls.push(`${line.title}: ${reason.message}`);
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

  return { stepFor, settle, undoAll, notDone: () => [...shortfalls] };
}

function expectPending(line: LedgerLine): void {
  if (line.state === 'pending') return;
  throw failed('RunbookBug', `Step "${line.id}" already ran`);
}

function now(): string {
  return new Date().toISOString();
}
