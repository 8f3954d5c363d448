import { z } from 'zod';
import type { LogReview } from '../../activities/logs/logs-activities.ts';
import { countText } from '../../config/text/count-text.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { omitOthers } from '../../engine/steps/omit-others.ts';

/**
 * Only what is new is read, in a log and in whatever was rotated of it; what is told is the last day, by the stamps of its lines.
 * People are notified of what is unusual. A log that cannot be read is a failure, for then nobody knows.
 */
export const logReview = defineRunbook({
  name: 'log-review',
  title: 'Log review',
  purpose:
    'Read what is new in the logs, and tell errors, warnings, frequent messages, performance alerts, telemetry and what is unusual of the last day',
  family: 'health',
  severity: 'sev3',
  kind: 'reads',
  expected: '10m',
  lateness: '20h',

  input: z.object({}),

  plan: {
    find: 'Find the logs',
    review: 'Read what is new in each',
    errors: 'Count the errors of the last 24 hours',
    warnings: 'Count the warnings of the last 24 hours',
    messages: 'Find the most frequent messages of errors',
    alerts: 'Find performance alerts',
    expect: 'Expect nothing unusual',
  },

  async run({ step }) {
    const { logs } = await step.find((systems) => systems.logs.list(), {
      note: (found) =>
        found.logs.map(({ name }) => name).join(', ') ||
        'Not applicable: the target names no "logs"',
    });
    if (logs.length === 0) {
      omitOthers(step, 'There is no log');
      return { logs: [] };
    }
    const ends = await step.review.eachByItself(
      logs,
      ({ name }) => name,
      (systems, { file }) => systems.logs.review(file),
    );
    const reviews = ends.flatMap(({ name, result }) => (result ? [{ log: name, ...result }] : []));
    const noted = { note: (text: string) => text };

    await step.errors(async () => eachText(reviews, ({ errors }) => errors), noted);
    await step.warnings(async () => eachText(reviews, ({ warnings }) => warnings), noted);
    const messages = rowsOf(reviews, (review) => review.messages);
    await step.messages(async () => topText(messages), noted);
    const alerts = rowsOf(reviews, (review) => review.alerts);
    await step.alerts(async () => topText(alerts), noted);

    const findings = reviews.flatMap(({ log, findings: all }) =>
      all.map((text) => `${log}: ${text}`),
    );
    if (findings.length === 0) step.expect.omit('There is nothing');
    else
      await step.expect((systems) => systems.logs.expectInOrder(findings), {
        ifFailed: undefined,
      });

    const unread = ends.filter(({ failure }) => failure !== undefined);
    if (unread.length > 0)
      throw failed(
        'LogsOutOfOrder',
        `Cannot review ${countText(unread.length, 'log')}: ${unread.map(({ name, failure }) => `${name}: ${failure}`).join('; ')}`,
      );
    return {
      logs: reviews.map(({ log, since, errors, warnings, newest = 'never', read }) => {
        return { log, since, errors, warnings, newest, newBytes: read };
      }),
      topMessages: messages,
      errorsByType: rowsOf(reviews, ({ types }) => types),
      performanceAlerts: alerts,
      telemetry: rowsOf(reviews, ({ events }) => events),
      failedLogins: rowsOf(reviews, ({ logins }) => logins),
    };
  },
});

type Named = LogReview & { readonly log: string };
type Row = LogReview['messages'][number] & { readonly log: string };

/** The report has a table of them. */
function rowsOf(
  reviews: readonly Named[],
  rows: (review: LogReview) => LogReview['messages'],
): Row[] {
  return reviews
    .flatMap((review) => rows(review).map((row) => ({ log: review.log, ...row })))
    .toSorted((one, other) => other.count - one.count);
}

function topText(rows: readonly Row[]): string {
  const shown = rows.slice(0, 5).map(({ count, name }) => `${count} x ${name}`);
  return shown.join('; ') || 'There are none';
}

function eachText(reviews: readonly Named[], count: (review: LogReview) => number): string {
  const total = reviews.reduce((sum, review) => sum + count(review), 0);
  const each = reviews.map((review) => `${review.log} ${count(review)}`).join(', ');
  return reviews.length > 1 ? `${total}: ${each}` : String(total);
}
