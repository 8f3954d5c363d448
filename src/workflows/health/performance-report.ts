import { z } from 'zod';
import type { PerformanceSummary } from '../../activities/records/write-performance.ts';
import { inMilliseconds, UpToAYear } from '../../config/time/duration.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';

/** The manual's own report shows one moment; this one shows what the worker has measured all the time, and measures nothing itself. */
export const performanceReport = defineRunbook({
  name: 'performance-report',
  title: 'Performance report',
  purpose:
    'Write what was measured of late as a page with plots: times, memory, CPU, sizes with a forecast, cache and errors, this week against the last',
  family: 'health',
  severity: 'sev4',
  kind: 'reads',
  expected: '2m',
  lateness: '1d',

  input: z.object({
    last: UpToAYear.refine(
      (last) => !(inMilliseconds(last) < inMilliseconds('1d')),
      'Expected "1d" to "366d"',
    )
      .default('7d')
      .describe('How much time the plots show, such as "7d" or "365d"'),
  }),

  plan: {
    write: 'Write the report',
    response: 'Tell response times',
    memory: 'Tell memory and CPU',
    database: 'Tell sizes and query time',
    cache: 'Tell the cache',
    errors: 'Tell the errors of the last 24 hours',
    changes: 'Tell what deserves attention',
  },

  async run({ stamp, step, input }) {
    const report = await step.write(({ records }) => records.reportPerformance(stamp, input.last), {
      note: ({ html, measured }) => `${html}, measured ${measured}`,
    });
    const tell = { note: (text: string) => text };
    const of = (names: RegExp) => async () => textOf(report, names);

    await step.response(of(/^(?:Response|Failed answers)/), tell);
    await step.memory(of(/^(?:Memory (?!of the cache)|Memory,|CPU)/), tell);
    await step.database(of(/^(?:Database|Write-ahead|Disk|Query|Time in which)/), tell);
    await step.cache(of(/^(?:Cache|Memory of the cache)/), tell);
    await step.errors(async () => report.errors.join('; ') || 'log-review has read no log', tell);
    await step.changes(async () => report.findings.join('; ') || 'Nothing', tell);

    const { html, markdown, measured, findings, forecasts } = report;
    return {
      report: html,
      markdown,
      measured,
      ...(findings.length > 0 && { attention: findings.map((text) => ({ text })) }),
      ...(forecasts.length > 0 && { forecasts: forecasts.map((text) => ({ text })) }),
    };
  },
});

function textOf({ figures }: PerformanceSummary, names: RegExp): string {
  const found = figures.filter(({ name }) => names.test(name));
  return (
    found.map(({ name, text }) => `${name}: ${text}`).join('; ') || 'Nothing of it was measured'
  );
}
