import type { Cell } from './play.ts';

/** One of so many cells is played of a runbook of which nothing has changed since: others on every day. */
const ROTATION = 10;
/** The same of any runbook, where time is bounded: 754 cells took 30 minutes on 2 cores. */
const BOUNDED_ROTATION = 8;

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
  /** Counts days, where time is bounded hours: what is chosen rotates by it. */
  readonly turn: number;
}

/** The cells of a runbook that a full run plays. */
export function chosenCells(choice: Choice): readonly Cell[] {
  const { cells, asked, bounded, always, turn } = choice;
  if (asked) return cells;
  if (bounded)
    return cells.filter((_, index) => index % BOUNDED_ROTATION === turn % BOUNDED_ROTATION);
  if (choice.changed()) return cells;
  return cells.filter(
    (cell, index) => index % ROTATION === turn % ROTATION || always.includes(cell),
  );
}
