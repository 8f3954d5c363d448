import { worstOf, type Verdict } from '../../../figures/figure.ts';
import type { StatusLine } from '../../local/status/status-line.ts';
import type { Seen } from './seen.ts';

/** What Temporal said of a target, and when, in ms since 1970. */
export interface Asked {
  readonly at: number;
  readonly lines: readonly StatusLine[];
}

/** All that a picture is made of. */
export interface TopState {
  /** When it was looked, in ms since 1970. */
  readonly at: number;
  /** How often, in ms. */
  readonly every: number;
  readonly targets: readonly Seen[];
  /** By the name of the target. Missing: Temporal has not answered yet. `undefined`: it is not asked. */
  readonly asked: ReadonlyMap<string, Asked> | undefined;
  /** Which target is shown in full. */
  readonly selected: number;
  readonly isPaused: boolean;
  readonly isHelp: boolean;
}

export type Command = 'quit' | 'redraw' | 'suspend';

/** What a key does: another state, or something that the picture does not show. Undefined: nothing. */
export function afterKey(state: TopState, key: string): TopState | Command | undefined {
  const { targets, selected, isPaused, isHelp } = state;
  const step = (by: number): TopState => ({
    ...state,
    isHelp: false,
    selected: (selected + by + targets.length) % targets.length,
  });
  switch (key) {
    case 'q':
    case 'ctrl-c':
      return 'quit';
    case 'ctrl-l':
      return 'redraw';
    case 'ctrl-z':
      return 'suspend';
    case 'p':
    case 'space':
      return { ...state, isPaused: !isPaused };
    case 'up':
    case 'left':
    case 'k':
      return step(-1);
    case 'down':
    case 'right':
    case 'j':
      return step(1);
    case '?':
    case 'h':
      return { ...state, isHelp: !isHelp };
    case 'escape':
      return { ...state, isHelp: false };
    default:
      return undefined;
  }
}

/** The worst of all that is known of a target. */
export function verdictOf({ lines }: Pick<Seen, 'lines'>, asked: Asked | undefined): Verdict {
  return worstOf([...lines, ...(asked?.lines ?? [])]);
}
