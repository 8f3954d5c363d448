import type { Cell } from './play.ts';

/** So many cells are all played in every full run: 1 000 take about 50 minutes on 2 cores. */
export const ALL_UP_TO = 1000;
/** Beyond that, one of so many cells is played of a runbook for which nothing has changed: others on every day. */
const ROTATION = 10;

interface Choice {
  readonly cells: readonly Cell[];
  /** How many there are of all runbooks. */
  readonly total: number;
  /** Whether anything that the runbook reaches is another than when its page was written. */
  readonly changed: () => boolean;
  /** Those of every day, by the runbook's example. */
  readonly always: readonly Cell[];
  /** Counts the days: what is chosen rotates by it. */
  readonly day: number;
}

/** The cells of a runbook that a full run plays. */
export function chosenCells({ cells, total, changed, always, day }: Choice): readonly Cell[] {
  if (total <= ALL_UP_TO || changed()) return cells;
  return cells.filter(
    (cell, index) => index % ROTATION === day % ROTATION || always.includes(cell),
  );
}
