import type { Verdict } from '../../../figures/figure.ts';

/** One answer to "is all well now?". */
export interface StatusLine {
  /** `application`, `backup`, `drill`, ...; or the name of a figure that is not ok. */
  readonly subject: string;
  readonly verdict: Verdict;
  /** A sentence for people. */
  readonly text: string;
  /** What to type next. */
  readonly hint?: string;
}
