import { type Markup, markup } from '../../html/markup.ts';
import { timeText } from '../../times.ts';
import type { OutputTable } from '../output-tables.ts';
import type { ReportedEvent } from '../run-events.ts';
import type { Fact, ReportLine, ReportNotice } from '../run-report.ts';

export function factList(facts: readonly Fact[]): Markup {
  return markup`<dl class="facts">
${facts.map(
  ([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>
`,
)}</dl>`;
}

export function stepTable(lines: readonly ReportLine[]): Markup {
  return markup`<table class="steps">
${headings(['#', 'Step', 'State', 'Began', 'Took', 'Note'])}
<tbody>
${lines.map(
  ({
    number,
    title,
    state,
    isPart,
    time,
    duration,
    note,
  }) => markup`<tr class="${state}${isPart ? ' part' : ''}">
<td class="number">${number}</td><td class="title">${title}</td><td class="state">${state}</td>
<td class="time">${time}</td><td class="time">${duration}</td><td class="note">${note}</td>
</tr>
`,
)}</tbody>
</table>`;
}

export function eventTable(events: readonly ReportedEvent[]): Markup {
  return markup`<table class="events">
${headings(['When', 'What', 'By', 'Why'])}
<tbody>
${events.map(
  ({ at, what, by, reason }) => markup`<tr>
<td class="time">${timeText(at)}</td><td>${what}</td><td>${by}</td><td class="note">${reason}</td>
</tr>
`,
)}</tbody>
</table>`;
}

export function noticeList(notices: readonly ReportNotice[]): Markup {
  const by = (channels: string) =>
    channels === 'NOBODY' ? markup`<strong class="nobody">NOBODY</strong>` : `by ${channels}`;
  return markup`<ul>
${notices.map(
  (notice) => markup`<li>${notice.time}, ${notice.severity}, ${by(notice.by)}
<span class="message">${notice.message}</span></li>
`,
)}</ul>`;
}

export function outputTable({ headings: names, rows }: OutputTable): Markup {
  return markup`<table>
${headings(names)}
<tbody>
${rows.map(
  (cells) => markup`<tr>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>
`,
)}</tbody>
</table>`;
}

function headings(names: readonly string[]): Markup {
  return markup`<thead><tr>${names.map((name) => markup`<th>${name}</th>`)}</tr></thead>`;
}
