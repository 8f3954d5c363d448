import type { Figure } from './figure.ts';

/** One sample against its limit. `between`: no longer bad, and not yet good. */
export type Reading = 'bad' | 'between' | 'good';

/** What the last samples of one figure say. */
export interface Judgement {
  /** It is bad, as people would say, not by one sample. */
  readonly open: boolean;
  /** The newest last. */
  readonly last: readonly Reading[];
}

export const WINDOW = 5;
/**
 * So many of the window open it. With a value near its limit, of 30 days of minutes one sample gave 1200 false alarms, two in a row
 * 32, three of five 5, and four of five none. A real step is found by the fourth sample.
 */
const OPENS = 4;
/** The same for a proof, which has no limit that it could be near: three that failed are no chance. */
export const OPENS_BY_PROOF = 3;
/** It is good again below this share of the limit, in the whole window. */
const GOOD = 0.9;

export const NOT_JUDGED: Judgement = { open: false, last: [] };

/** `undefined`: it could not be read, or does not apply, and nothing is known better than before. */
export function judge(before: Judgement, reading: Reading | undefined, opens = OPENS): Judgement {
  if (reading === undefined) return before;
  const last = [...before.last, reading].slice(-WINDOW);
  const bad = last.filter((one) => one === 'bad').length;
  const isGood = last.length === WINDOW && last.every((one) => one === 'good');
  return { last, open: before.open ? !isGood : bad >= opens };
}

/** One that says by itself what others say by a whole window. */
export function believed(reading: Reading): Judgement {
  return { open: reading === 'bad', last: Array.from({ length: WINDOW }, () => reading) };
}

/** A value that is bad above its limit. */
export function readingOf(value: number, limit: number): Reading {
  if (value > limit) return 'bad';
  return value < GOOD * limit ? 'good' : 'between';
}

/** By its verdict: what was critical stays open until it is no warning any more. */
export function readingOfFigure({ verdict }: Pick<Figure, 'verdict'>): Reading | undefined {
  if (verdict === 'critical') return 'bad';
  if (verdict === 'warning') return 'between';
  return verdict === 'ok' ? 'good' : undefined;
}
