import type { Incident } from '../../incident/incident.ts';
import { type Markup, markup } from '../html/markup.ts';
import { pageOf, section } from '../html/page.ts';
import { type Plot, plot, type Point } from '../performance/plot.ts';
import { incidentStats, type StatsRow } from './incident-stats.ts';
import { statsCells } from './stats-text.ts';

const DAY = 24 * 3_600_000;
/** Pieces of a longer time, at most so many. */
const MOST_PIECES = 60;
const HEADINGS = ['', 'Incidents', 'Acknowledged', 'MTTA', 'Median', 'Resolved', 'MTTR', 'Median'];

/** Over a time, in ms since 1970, as one HTML file that needs nothing else. */
export function statsHtml(
  title: string,
  incidents: readonly Incident[],
  span: { readonly from: number; readonly to: number },
): string {
  const { all, bySeverity, byCause } = incidentStats(incidents);
  return pageOf(
    title,
    markup`<header><h1>${title}</h1></header>
${section(
  'Over time',
  [timesPlot(incidents, span), countsPlot(incidents, span)].map(
    (one) => markup`<div class="picture"><p class="caption">${one.title}</p>
${plot(one)}</div>
`,
  ),
)}
${section('By severity', tableOf([all, ...bySeverity]))}
${section('By cause', byCause.length > 0 ? tableOf(byCause) : undefined)}
<p class="note">Times count from when Temporal received the first report. MTTA and MTTR are means; the median is what one bad night does not move.</p>`,
  );
}

function timesPlot(incidents: readonly Incident[], span: Span): Plot {
  const line = (label: string, value: (row: StatsRow) => number | undefined) => ({
    label,
    points: pointsOf(incidents, span, (row) => {
      const milliseconds = value(row);
      return milliseconds === undefined ? undefined : milliseconds / 1000;
    }),
  });
  return {
    title: 'Mean time to acknowledge and to resolve, by the day of the opening',
    unit: 'seconds',
    ...span,
    lines: [
      line('to acknowledge', ({ meanToAcknowledge }) => meanToAcknowledge),
      line('to resolve', ({ meanToResolve }) => meanToResolve),
    ],
    limits: [],
  };
}

function countsPlot(incidents: readonly Incident[], span: Span): Plot {
  return {
    title: 'Incidents',
    unit: 'count',
    ...span,
    lines: [{ label: 'opened', points: pointsOf(incidents, span, ({ count }) => count) }],
    limits: [],
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** One for each piece of time, in whole days. */
function pointsOf(
  incidents: readonly Incident[],
  { from, to }: Span,
  value: (row: StatsRow) => number | undefined,
): Point[] {
  const length = Math.max(1, Math.ceil((to - from) / DAY / MOST_PIECES)) * DAY;
  return Array.from({ length: Math.max(1, Math.ceil((to - from) / length)) }, (_, index) => {
    const at = from + index * length;
    const some = incidents.filter(({ openedAt }) => {
      const opened = Date.parse(openedAt);
      return opened >= at && opened < at + length;
    });
    const found = value(incidentStats(some).all);
    return { at, ...(found !== undefined && { value: found }) };
  });
}

function tableOf(rows: readonly StatsRow[]): Markup {
  return markup`<table class="figures">
<thead><tr>${HEADINGS.map((heading) => markup`<th>${heading}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (row) => markup`<tr>${statsCells(row).map((cell, index) =>
    index === 0
      ? markup`<td>${cell}</td>`
      : markup`<td data-label="${HEADINGS[index]}">${cell}</td>`,
  )}</tr>
`,
)}</tbody>
</table>`;
}
