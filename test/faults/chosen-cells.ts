import type { Cell } from './play.ts';

/** One of so many cells is played of a runbook of which nothing has changed since: others on every day. */
const ROTATION = 10;
/** The same of one that has changed, where time is bounded: 754 cells take 30 minutes on 2 cores. */
const CHANGED_ROTATION = 5;

interface Choice {
  readonly cells: readonly Cell[];
  /** Somebody asked for this runbook by name, or writes its page. */
  readonly asked: boolean;
  /** Whether anything that the runbook reaches is another than when its page was written. */
  readonly changed: () => boolean;
  /** All cells of a change do not fit into the time that there is, as in CI: whoever makes it plays them. */
  readonly bounded: boolean;
  /** Those of every day, by the runbook's example. */
  readonly always: readonly Cell[];
  /** Counts the days: what is chosen rotates by it. */
  readonly day: number;
}

/** The cells of a runbook that a full run plays. */
export function chosenCells(choice: Choice): readonly Cell[] {
  const { cells, asked, bounded, always, day } = choice;
  if (asked) return cells;
  const changed = choice.changed();
  if (changed && !bounded) return cells;
  const every = changed ? CHANGED_ROTATION : ROTATION;
  return cells.filter((cell, index) => index % every === day % every || always.includes(cell));
}
