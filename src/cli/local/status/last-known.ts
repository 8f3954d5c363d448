import { inMilliseconds } from '../../../config/time/duration.ts';
import type { Target } from '../../../config/schema/target.ts';
import { durationText, timeText } from '../../../report/times.ts';
import { readStatusFile } from '../../../state/figures/status-file.ts';
import type { StatusLine } from './status-line.ts';

/** What only Temporal knows, as `temporal-lines.ts` has it, and is still worth to know an hour later. */
const SUBJECTS = ['run', 'incident', 'alerts', 'next'];
/** What was so a day ago helps nobody. */
const FORGOTTEN = inMilliseconds('24h');

/**
 * What Temporal said last to the worker, while it does not answer: which runs and incidents were open. Each with its time, and none of it
 * as something that is so now: a line that was ok is unknown, and one that was bad is told as it was.
 */
export function lastKnown(target: Pick<Target, 'state'>, now: number): StatusLine[] {
  const file = readStatusFile(target);
  if ('why' in file || file.asked === undefined) return [];
  const { at } = file.asked;
  const age = now - Date.parse(at);
  if (age > FORGOTTEN) return [];
  const lines = file.asked.lines.filter(({ subject }) => SUBJECTS.includes(subject));
  const when = `at ${timeText(at)}, ${durationText(age)} ago`;
  return lines.map(({ subject, verdict, text, hint }) => ({
    subject,
    verdict: verdict === 'ok' || verdict === 'not applicable' ? 'unknown' : verdict,
    text: `${when}: ${text}`,
    ...(hint !== undefined && { hint }),
  }));
}
