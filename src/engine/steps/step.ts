import type { StepSystems } from '../../activities/index.ts';
import type { Runbooks } from './children.ts';

export type Work<Result> = (systems: StepSystems & Runbooks) => Promise<Result>;
export type Undo = (systems: StepSystems) => Promise<unknown>;

export interface StepOptions<Result> {
  /** Puts the effect back. Registered before the work starts: a step that failed half-way is the one to undo. */
  readonly undo?: Undo;
  /** What came of it, as text, for the ledger. */
  readonly note?: (result: Result) => string;
  /** Makes the line one that the run can do without: when it fails, people are notified and this is its result. */
  readonly ifFailed?: Result;
  /** Lets a person decide to go on without the line when it fails: this is then its result. */
  readonly ifSkipped?: Result;
  /** Makes the line one that is not begun after the window's cutoff: this is then its result. */
  readonly ifPastCutoff?: Result;
  /** Holds the line back until people have approved it. Says why they are asked. */
  readonly approve?: string;
}

export interface EachOptions<Results> extends StepOptions<Results> {
  /** How many parts are worked on side by side. Default 1. */
  readonly atOnce?: number;
}

export interface Step {
  /** Does the line's work. Once a run. */
  <Result>(work: Work<Result>, options?: StepOptions<Result>): Promise<Result>;
  /** Does the line's work for each item, as a part of its own: 4.1, 4.2, ... A retry does only what is not done. */
  each<Item, Result>(
    items: readonly Item[],
    nameOf: (item: Item) => string,
    work: (systems: StepSystems & Runbooks, item: Item) => Promise<Result>,
    options?: EachOptions<Result[]>,
  ): Promise<Result[]>;
  /**
   * The same for what need not all be done: a part that fails, or that is due after the cutoff, keeps no other from being done,
   * and is named in the ledger. Answers how each ended; nobody is asked.
   */
  eachByItself<Item, Result>(
    items: readonly Item[],
    nameOf: (item: Item) => string,
    work: (systems: StepSystems & Runbooks, item: Item) => Promise<Result>,
  ): Promise<Part<Result>[]>;
  /**
   * Says what is known of the line already, in `parts` of it: it is done without work, and nothing of it stands in Temporal's history but
   * in the ledger that the run ends with.
   */
  tell(note: string, parts?: readonly string[]): void;
  /** Says that this run does not need the line. */
  omit(why: string): void;
  /** Forgets how to put it back: what it made is gone already, or is meant to stay whatever comes. */
  dropUndo(): void;
}

/** How a part ended that was worked on by itself. */
export interface Part<Result> {
  readonly name: string;
  readonly result?: Result;
  /** Why there is no result. */
  readonly failure?: string;
  /** Why it was not begun. */
  readonly leftOut?: string;
}

/** What an undo answers when it must not put the effect back: why, and what people must know or do. */
export interface Leave {
  readonly leave: string;
}

export function leave(text: string): Leave {
  return { leave: text };
}

export function isLeave(answer: unknown): answer is Leave {
  return typeof answer === 'object' && answer !== null && 'leave' in answer;
}
