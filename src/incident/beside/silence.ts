import { z } from 'zod';
import { By, Moment, someWords } from '../../config/border/texts.ts';
import { Login } from '../../config/border/who.ts';
import { matchesAll } from '../../config/schema/alerts.ts';

/** A person has said that certain alerts of a target page nobody for a while. What they report is kept, and judged when it ends. */
export const Silence = z.strictObject({
  /** By which its signal is found in history, too, whose event tells who sent it. */
  id: z.uuid(),
  /** Labels that the alert must have, at least one. `*` stands for anything. */
  match: z.record(z.string().min(1).max(200), z.string().max(500)).refine((match) => {
    const count = Object.keys(match).length;
    return count > 0 && count <= 20;
  }, 'Expected 1 to 20 labels'),
  /** ISO 8601, UTC. */
  from: Moment,
  until: Moment,
  reason: someWords(1000),
  by: By,
  login: Login.optional(),
});
export type Silence = z.infer<typeof Silence>;

/** One that a person has ended before its time. */
export const EndedSilence = Silence.extend({
  endedBy: By,
  /** ISO 8601, UTC. */
  endedAt: Moment,
});
export type EndedSilence = z.infer<typeof EndedSilence>;

/** So many of those are known, the newest of them. The audit has all. */
export const MOST_ENDED = 20;
/** Of one target. */
export const MOST_SILENCES = 100;
/** What a silence has kept quiet asks again after so long at the latest, in ms, when its end is not told. */
export const LONGEST_WAIT = 6 * 3_600_000;

/** The workflow that knows those of a target. */
export function silencesId(target: string): string {
  return `silences/${target}`;
}

/** The one that ends last of those under which an alert with such labels falls at this moment. `now`: milliseconds since 1970. */
export function silenceOf(
  silences: readonly Silence[],
  labels: Readonly<Record<string, string>>,
  now: number,
): Silence | undefined {
  return silences
    .filter(({ from, until }) => Date.parse(from) <= now && now < Date.parse(until))
    .filter(({ match }) => matchesAll(match, labels))
    .toSorted((one, other) => Date.parse(other.until) - Date.parse(one.until))[0];
}

/** `alertname=DiskFull, instance=a*` */
export function matchText(match: Silence['match']): string {
  return Object.entries(match)
    .map(([name, pattern]) => `${name}=${pattern}`)
    .join(', ');
}
