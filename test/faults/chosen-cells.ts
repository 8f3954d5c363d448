import type { Cell } from './play.ts';

/** One of so many cells is played of a runbook of which nothing has changed since: others on every day. */
const ROTATION = 10;

interface Choice {
  readonly cells: readonly Cell[];
  /** Somebody asked for this runbook by name, or writes its page. */
  readonly asked: boolean;
  /** Whether anything that the runbook reaches is another than when its page was written. */
  readonly changed: () => boolean;
  /** Those of every day, by the runbook's example. */
  readonly always: readonly Cell[];
  /** Counts the days: what is chosen rotates by it. */
  readonly day: number;
}

/** The cells of a runbook that a full run plays. */
export function chosenCells({ cells, asked, changed, always, day }: Choice): readonly Cell[] {
  if (asked || changed()) return cells;
  return cells.filter(
    (cell, index) => index % ROTATION === day % ROTATION || always.includes(cell),
  );
}
