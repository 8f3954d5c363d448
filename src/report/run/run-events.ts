import { byText } from '../../config/text/who-text.ts';
import type { Ending } from '../../engine/run/ending.ts';
import type { Intervention } from '../../engine/run/interventions.ts';
import type { ReportedRun } from './reported-run.ts';

/** What the audit knows of a run, as its report shows it. */
export interface ReportedEvent {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Such as `approved "stop"`. */
  readonly what: string;
  /** With how it is known who that was. */
  readonly by: string;
  readonly reason: string;
}

/** Who began the run, who did something to it, and how it ended, in the order of time. */
export function runEvents({ startedAt, endedAt, ending }: ReportedRun): ReportedEvent[] {
  if (!ending) return [];
  const { because = '', tookOver, interventions, outcome, failure } = ending;
  const by = byText(ending);
  return [
    { at: startedAt, what: 'started', by, reason: because },
    ...(tookOver
      ? [{ at: tookOver.at, what: 'took over', by, reason: tookOverText(tookOver) }]
      : []),
    ...interventions.map(interventionEvent),
    ...(endedAt
      ? [{ at: endedAt, what: `ended ${outcome}`, by: 'runbook', reason: failure?.message ?? '' }]
      : []),
  ].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function tookOverText({ from }: NonNullable<Ending['tookOver']>): string {
  return `"${from}" ended without releasing it`;
}

function interventionEvent({
  what,
  choice,
  step,
  reason = '',
  at,
  ...whose
}: Intervention): ReportedEvent {
  const text = [what, choice, step && `${choice ? 'on ' : ''}"${step}"`].filter(Boolean).join(' ');
  return { at, what: text, by: byText(whose), reason };
}
