import type { Target } from '../../config/schema/target.ts';
import { plainLine } from '../../config/text/plain-text.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { type Figure, type Unit } from '../../figures/figure.ts';
import { redacted } from '../../os/redacted.ts';
import type { Since } from './judging/counters.ts';
import { judged, type Limits } from './judging/judged.ts';
import { manualActionFor } from './judging/manual-actions.ts';

/** A sample has to end: an application that may take longer for one answer is not waited for as long. In ms. */
const MAX_ANSWER = 20_000;

/** How long one answer of the application is waited for, in ms. */
export function answerWithin({ target: { app } }: Pick<Sampling, 'target'>): number {
  return Math.min(inMilliseconds(app.timeout), MAX_ANSWER);
}

/** What all sources of one sample have in common. */
export interface Sampling {
  readonly target: Target;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly since: Since;
  /** All that the application runs as, on this machine. Empty: none is seen. */
  readonly pids: readonly number[];
  /** How often the page is asked for. */
  readonly answers: number;
  /** Whether the page's script is run, too. */
  readonly thorough: boolean;
  /** Why the application is down and is to be. */
  readonly stopped: string | undefined;
  /** Why times say nothing of the application now. */
  readonly slowness: string | undefined;
}

export type Source = (sampling: Sampling) => Promise<readonly Figure[]>;

interface Reading {
  readonly value: number;
  readonly unit: Unit;
  readonly source: string;
  readonly note: string;
}

const NO_LIMITS: Limits = { bad: 'above' };

/** A figure that was read. `verdict` in place of limits: what it says is good or bad by itself. */
export function measured(
  { at }: Pick<Sampling, 'at'>,
  name: string,
  { note, ...reading }: Reading,
  judgedBy: Limits | { readonly verdict: Figure['verdict']; readonly limit?: string } = NO_LIMITS,
): Figure {
  if (!Number.isFinite(reading.value))
    return unknown({ at }, name, reading.unit, reading.source, 'What was read is no number');
  const judgement = 'verdict' in judgedBy ? judgedBy : judged(reading.value, judgedBy);
  const bad = judgement.verdict === 'warning' || judgement.verdict === 'critical';
  return {
    name,
    ...reading,
    source: plain(reading.source),
    at,
    ...judgement,
    note: plain(note),
    ...(bad && manualActionFor(name)),
  };
}

/** One that could not be read: never ok. */
export const unknown = without('unknown');

export const notApplicable = without('not applicable');

function without(verdict: 'unknown' | 'not applicable') {
  return (
    { at }: Pick<Sampling, 'at'>,
    name: string,
    unit: Unit,
    source: string,
    why: string,
  ): Figure => ({ name, unit, source: plain(source), at, verdict, note: plain(why) });
}

const MAX_LENGTH = 400;

/** Texts of servers, files and programs may hold anything: one line without secrets, as people see it. */
export function plain(text: string): string {
  // Cut first: to look for secrets in megabytes takes longer than a sample.
  return plainLine(redacted(text.slice(0, 10 * MAX_LENGTH)), MAX_LENGTH);
}
