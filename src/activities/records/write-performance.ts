import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { type Stamp, timeOf } from '../../config/time/stamp.ts';
import { permanent } from '../../os/failure.ts';
import { performanceHtml } from '../../report/performance/performance-html.ts';
import { performanceMarkdown } from '../../report/performance/performance-markdown.ts';
import { performanceReport } from '../../report/performance/performance-report.ts';
import { storeReport } from '../../state/figures/reports.ts';
import { measurementsOf } from './measurements-of.ts';

/** What a report says in short, and where it lies. */
export interface PerformanceSummary {
  readonly html: string;
  readonly markdown: string;
  /** In how many hours something was measured. */
  readonly measured: string;
  /** Sentences: what deserves attention. */
  readonly findings: readonly string[];
  readonly forecasts: readonly string[];
  /** Sentences: the errors that log-review has counted of the last 24 hours, a log each. */
  readonly errors: readonly string[];
  /** By the heading under which it stands: each figure of the whole time, in a sentence. */
  readonly figures: readonly { readonly name: string; readonly text: string }[];
}

/** History keeps it: a target may have many disks. */
const MOST = 40;
const LONGEST = 300;

/**
 * Writes the report of the time before `stamp` as HTML and as Markdown. Tried again, it writes the same files. Errors:
 * `NothingMeasured`, `StateUnusable`.
 */
export function writePerformance(target: Target, stamp: Stamp, last: string): PerformanceSummary {
  const measurements = measurementsOf(target, inMilliseconds(last), timeOf(stamp));
  const { facts, findings, forecasts, errors, whole } = performanceReport(measurements);
  if (whole.rows.length === 0)
    throw permanent(
      'NothingMeasured',
      `Cannot report: nothing of "${target.name}" was measured in the last ${last}${target.figures.every === 'off' ? ', for "figures.every" is off' : ''}`,
    );
  const html = storeReport(target, `performance-${stamp}.html`, performanceHtml(measurements));
  const markdown = storeReport(
    target,
    `performance-${stamp}.md`,
    `${performanceMarkdown(measurements)}\n`,
  );
  const short = (texts: readonly string[]) =>
    texts.slice(0, MOST).map((text) => text.slice(0, LONGEST));
  return {
    html,
    markdown,
    measured: facts.at(-1)![1],
    findings: short(findings),
    forecasts: short(forecasts),
    errors: short(errors.rows.map(([log, count]) => `${log}: ${count}`)),
    figures: whole.rows.slice(0, MOST).map(([name = '', , , median, p95, highest]) => ({
      name: name.slice(0, LONGEST),
      text: `median ${median}, 95th percentile ${p95}, highest ${highest}`,
    })),
  };
}
