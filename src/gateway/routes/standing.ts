import { type Verdict, worstOf } from '../../figures/figure.ts';
import { readStatusFile, type StatusFile } from '../../state/figures/status-file.ts';
import type { Shown } from '../intake/gateway.ts';

/** How a target stands, as far as is known here. */
export interface Standing {
  readonly target: string;
  /** `unknown` as soon as what was written last is old. */
  readonly verdict: Verdict;
  /** What its worker wrote last. */
  readonly status?: StatusFile;
  /** Of that, in ms. Negative when it is ahead of this clock. */
  readonly age?: number;
  /** Why nobody knows how it is now: a sentence. */
  readonly why?: string;
}

/** So many may be missing before nobody knows how it is now. */
const MISSED = 3;
const GRACE = 60_000;

/** Nobody is asked: neither a worker nor Temporal need be there. `now` in ms since 1970. */
export function standingOf({ name, state }: Shown, now: number): Standing {
  const target = name;
  const unknown = (why: string) => ({ target, verdict: 'unknown', why }) as const;
  if (state === undefined) return unknown('it does not stand on this host');
  const status = readStatusFile({ state });
  if ('why' in status) return unknown(status.why);
  if (status.target !== name) return unknown(`what is there is of "${status.target}"`);
  const age = now - Date.parse(status.at);
  const known = { target, status, age };
  if (age > MISSED * status.every + GRACE)
    return { ...known, verdict: 'unknown', why: 'its worker has written nothing since' };
  if (age < -GRACE)
    return { ...known, verdict: 'unknown', why: 'what was written is ahead of the clock here' };
  return { ...known, verdict: status.verdict };
}

/** Of several targets. */
export function verdictOf(all: readonly Standing[]): Verdict {
  return worstOf(all);
}
