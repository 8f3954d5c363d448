import { prose, section, tableLines } from '../markdown.ts';
import type { Measurements } from './measurements.ts';
import { performanceReport, type Table } from './performance-report.ts';

/** The same without pictures, for a ticket or a wiki: whatever comes from outside is text there, never markup. */
export function performanceMarkdown(measurements: Measurements): string {
  const { title, facts, findings, weeks, whole, forecasts, errors } =
    performanceReport(measurements);
  const items = (texts: readonly string[]) => texts.map((text) => `- ${prose(text)}`);
  const table = (one: Table) => (one.rows.length > 0 ? tableLines(one) : []);
  return [
    `# ${prose(title)}`,
    facts.map(([name, value]) => `- ${prose(name)}: ${prose(value)}`).join('\n'),
    ...section(
      'What deserves attention',
      findings.length > 0
        ? items(findings)
        : ['Nothing: no change that is more than noise, and no limit that is near.'],
    ),
    ...section('This week against the last', table(weeks)),
    ...section('When sizes reach their limits', items(forecasts)),
    ...section('Errors of the last 24 hours', table(errors)),
    ...section('The whole time', table(whole)),
  ].join('\n\n');
}
