import type { Cell } from './play.ts';

/** One of so many cells is played of a runbook of which nothing has changed since: others on every day. */
const ROTATION = 10;
/** Where time is bounded, one runbook of so many is played, and one cell of so many of it: all 947 take 50 minutes on 2 quiet cores. */
const BOUNDED_ROTATION = 4;

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

/** Whether a runbook, the n-th, has its turn: each has where time is not bounded, or somebody asked for it. */
export function hasTurn(
  n: number,
  { bounded, asked, turn }: Pick<Choice, 'bounded' | 'asked' | 'turn'>,
): boolean {
  return asked || !bounded || n % BOUNDED_ROTATION === turn % BOUNDED_ROTATION;
}

/** The cells of a runbook that has its turn that a full run plays. */
export function chosenCells(choice: Choice): readonly Cell[] {
  const { cells, asked, bounded, always, turn } = choice;
  if (asked) return cells;
  if (bounded) {
    const round = Math.floor(turn / BOUNDED_ROTATION);
    return cells.filter((_, index) => index % BOUNDED_ROTATION === round % BOUNDED_ROTATION);
  }
  if (choice.changed()) return cells;
  return cells.filter(
    (cell, index) => index % ROTATION === turn % ROTATION || always.includes(cell),
  );
}
