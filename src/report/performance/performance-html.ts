import { type Markup, markup } from '../html/markup.ts';
import { list, pageOf, section } from '../html/page.ts';
import type { Measurements } from './measurements.ts';
import { performanceReport, type Table } from './performance-report.ts';
import { plot } from './plot.ts';

/** What was measured as one HTML file that needs nothing else, and that a browser prints or makes a PDF of. */
export function performanceHtml(measurements: Measurements): string {
  const { title, facts, findings, weeks, whole, forecasts, errors, topics } =
    performanceReport(measurements);
  return pageOf(
    title,
    markup`<header>
<h1>${title}</h1>
<dl class="facts">${facts.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
</header>
${section('What deserves attention', list(findings) ?? 'Nothing: no change that is more than noise, and no limit that is near.')}
${section('This week against the last', weeks.rows.length > 0 ? tableOf(weeks, 'weeks') : undefined)}
${section('When sizes reach their limits', list(forecasts))}
${topics.map((topic) =>
  section(
    topic.title,
    topic.plots.map(
      (one) => markup`<div class="picture"><p class="caption">${one.title}</p>
${plot(one)}</div>
`,
    ),
  ),
)}
${section('Errors of the last 24 hours', errors.rows.length > 0 ? tableOf(errors, 'errors') : undefined)}
${section('The whole time', whole.rows.length > 0 ? tableOf(whole, 'whole') : 'Nothing was measured.')}
<p class="legend"><span><i class="grey"></i>not measured</span></p>
<p class="note">A change is more than noise when the days of both weeks differ by an exact test of their ranks at 1 %. A line without a name is the mean, in a band from the lowest to the highest. Percentiles are of all samples, within 1 %.</p>`,
  );
}

function tableOf({ headings, rows }: Table, name: string): Markup {
  return markup`<table class="figures ${name}">
<thead><tr>${headings.map((heading) => markup`<th>${heading}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (cells) => markup`<tr>${cells.map((cell, index) => {
    const isChange = /: (?:more|less)$/.test(cell);
    return index === 0
      ? markup`<td>${cell}</td>`
      : markup`<td data-label="${headings[index]}"${isChange ? markup` class="changed"` : undefined}>${cell}</td>`;
  })}</tr>
`,
)}</tbody>
</table>`;
}
