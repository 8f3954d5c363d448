import { fingerprintOf } from '../../../config/fingerprint.ts';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { durationText } from '../../../report/times.ts';
import { readStatusFile } from '../../../state/figures/status-file.ts';
import type { StatusLine } from './status-line.ts';

/** A worker writes it with each sample, each minute as a rule, and soon after a change. What is older is asked for. */
const MOST_MILLISECONDS = 90_000;

export interface SaidLately {
  /** In ms since 1970. */
  readonly at: number;
  readonly lines: readonly StatusLine[];
  /** How old it is, and how to ask now: a sentence. */
  readonly text: string;
}

/**
 * What Temporal has said to the worker of a target within the last minute and a half, by the very policy that lies here: it costs nothing to
 * read, and half a second of a processor to ask for again. Undefined: ask.
 */
export function saidLately(target: Target, now: number): SaidLately | undefined {
  const file = readStatusFile(target);
  if ('why' in file || file.asked === undefined) return undefined;
  const { at: iso, policy, lines } = file.asked;
  const at = Date.parse(iso);
  const age = now - at;
  // A clock that was set back says nothing; one look later Temporal may not have answered any more.
  const isLast = Date.parse(file.at) - at < inMilliseconds('10s');
  if (age < 0 || age > MOST_MILLISECONDS || !isLast || policy !== fingerprintOf(target))
    return undefined;
  const text = `asked by the worker ${durationText(age)} ago; now: runbook status ${target.name} --ask`;
  // JSON has no key without a value.
  return { at, lines: lines as readonly StatusLine[], text };
}
