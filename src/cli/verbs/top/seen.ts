import { existsSync } from 'node:fs';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import type { Figure } from '../../../figures/figure.ts';
import { openFigures } from '../../../state/figures/open-figures.ts';
import { measured } from '../../local/status/measured.ts';
import type { StatusLine } from '../../local/status/status-line.ts';
import type { Sample } from './picture/sparkline.ts';

/** A target as it is seen on its own host, from what its worker has measured. Times are in ms since 1970. */
export interface Seen {
  readonly target: string;
  readonly at: number;
  /** How it stands, as of `runbook status`. */
  readonly lines: readonly StatusLine[];
  /** The newest of each name. */
  readonly figures: readonly Figure[];
  /** How old the newest is, in ms. Missing: nothing was measured. */
  readonly age?: number;
  /** What sparklines show, by the name of the series. */
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
  /** How often it is measured, in ms. */
  readonly every: number;
}

/** Of the target that is measured most seldom, an hour would be one sample. */
const FEWEST_SAMPLES = 20;
const HOUR = inMilliseconds('1h');

/** How long the time is that sparklines show, in ms. */
export function spanOf(every: number): number {
  return Math.max(HOUR, FEWEST_SAMPLES * every);
}

/** Measures nothing itself, and throws nothing: a screen that is watched does not go away for one target. */
export function seenOf(target: Target, now: number): Seen {
  const { name, directory, figures } = target;
  const every = figures.every === 'off' ? HOUR : inMilliseconds(figures.every);
  const facts = { target: name, at: now, every };
  const failed = (text: string): Seen => ({
    ...facts,
    lines: [{ subject: 'application', verdict: 'unknown', text }],
    figures: [],
    samples: new Map(),
  });
  if (!existsSync(directory)) return failed(`"${directory}" is not on this host`);
  try {
    const found = measured(target, now);
    return {
      ...facts,
      ...found,
      samples: samplesOf(target, found.figures, now - spanOf(every), now),
    };
  } catch (error) {
    return failed((error as Error).message);
  }
}

function samplesOf(
  { state }: Target,
  figures: readonly Figure[],
  from: number,
  to: number,
): Seen['samples'] {
  if (figures.length === 0) return new Map();
  const [first, last] = [new Date(from).toISOString(), new Date(to).toISOString()];
  const store = openFigures(state);
  try {
    return new Map(figures.map(({ name }) => [name, store.raw(name, first, last)]));
  } catch {
    // It was read a moment ago: figures are shown without what they were before.
    return new Map();
  } finally {
    store.close();
  }
}
