import { onPurpose } from '../on-purpose.ts';
import type { Target } from '../../../config/schema/target.ts';
import { countText } from '../../../config/text/count-text.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { type Figure, type Verdict, worstOf } from '../../../figures/figure.ts';
import { durationText } from '../../../report/times.ts';
import { openFigures } from '../../../state/figures/open-figures.ts';
import type { StatusLine } from './status-line.ts';

/** So many samples may be missing before nobody knows how it is now. */
const MISSED = 3;
/** What was measured longer ago than a daily check is of a place that is gone. */
const FORGOTTEN = inMilliseconds('26h');

export interface Measured {
  readonly lines: readonly StatusLine[];
  /** The newest of each name, without those that are forgotten. */
  readonly figures: readonly Figure[];
  /** Of the newest of all, in ms. Missing: nothing was ever measured. */
  readonly age?: number;
}

/** What the worker has measured, with its age; a line for each figure that is not ok. Measures nothing itself. */
export function measured(target: Target, now: number): Measured {
  const kept = onPurpose(target);
  const down = kept.map((text): StatusLine => ({
    subject: 'on purpose',
    verdict: 'warning',
    text,
  }));
  const hint = `runbook worker ${target.name}, and runbook target ps ${target.name}`;
  const nothing = (verdict: Verdict, text: string): Measured => ({
    lines: [{ subject: 'application', verdict, text, hint }, ...down],
    figures: [],
  });
  let all: Figure[];
  try {
    all = newest(target);
  } catch (error) {
    return nothing('unknown', `what was measured cannot be read: ${(error as Error).message}`);
  }
  if (target.figures.every === 'off')
    return nothing('unknown', '"figures.every" is off: nothing is measured');
  const figures = all.filter((one) => now - Date.parse(one.at) < FORGOTTEN && !isRead(one, all));
  if (figures.length === 0) return nothing('unknown', 'nothing has been measured of late');
  const age = Math.min(...figures.map(({ at }) => now - Date.parse(at)));
  const every = inMilliseconds(target.figures.every);
  if (age > oldFrom(every)) {
    const text = `not measured for ${durationText(age)}: how it is now is not known`;
    return { ...nothing('unknown', text), figures, age };
  }
  const told = figures.map((figure) => asOfNow(figure, now, every));
  return { lines: [application(told, age), ...told.flatMap(bad), ...down], figures, age };
}

/** Stands for a source that could not be read once, and was read since. */
function isRead({ name, at }: Figure, all: readonly Figure[]): boolean {
  return name.startsWith('health.') && all.some((other) => Date.parse(other.at) > Date.parse(at));
}

/** What was bad when it was measured last, long ago, may be over: it is told with its age, and wakes nobody. */
function asOfNow(figure: Figure, now: number, every: number): Figure {
  const age = now - Date.parse(figure.at);
  const isBad = figure.verdict === 'critical' || figure.verdict === 'unknown';
  if (age <= oldFrom(every)) return figure;
  const note = `${durationText(age)} ago: ${figure.note}`;
  return { ...figure, note, ...(isBad && { verdict: 'warning' }) };
}

/** From this age on a figure does not say how it is now. All in ms. */
export function oldFrom(every: number): number {
  return MISSED * every + 60_000;
}

function newest({ state }: Target): Figure[] {
  const store = openFigures(state);
  try {
    return store.newest();
  } finally {
    store.close();
  }
}

function application(figures: readonly Figure[], age: number): StatusLine {
  const health = figures.find(({ name }) => name === 'app.health');
  const count = countText(figures.length, 'figure');
  const ago = `${count}, the newest measured ${durationText(Math.max(0, age))} ago`;
  return {
    subject: 'application',
    verdict: health?.verdict ?? worstOf(figures),
    text: health ? `${health.note} (${ago})` : ago,
  };
}

function bad({ name, verdict, note, runbook, action }: Figure): StatusLine[] {
  if (verdict === 'ok' || verdict === 'not applicable' || name === 'app.health') return [];
  const hint = runbook ? `runbook start ${runbook}` : action;
  return [{ subject: name, verdict, text: note, ...(hint && { hint }) }];
}
