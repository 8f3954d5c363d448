import type { Incident, TimelineEntry } from '../incident/incident.ts';
import { type Markup, markup, type Part, textOf } from './html/markup.ts';
import { style } from './html/style.ts';
import { factList } from './html/tables.ts';
import { incidentReport } from './incident-report.ts';
import { timeText } from './times.ts';

/** An incident as one HTML file that needs nothing else. */
export function incidentHtml(incident: Incident): string {
  const { title, state, facts, told, timeline, remedies, tasks } = incidentReport(incident);
  const outcome = { triggered: 'failed', acknowledged: 'undone', resolved: 'done' }[state];
  return textOf(markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}: ${state}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="outcome ${outcome}">${state}</p>
${factList(facts)}
</header>
${section('Who was told', told.map(toldItem))}
${section(
  'What was tried',
  remedies.map(
    ({ runbook, run, outcome: end = 'runs' }) => markup`<li>${runbook}: ${end} (${run})</li>`,
  ),
)}
${section(
  'Tasks',
  tasks.map(
    ({ number, title: task, owner, due, done }) =>
      markup`<li>${done ? 'Done: ' : ''}${number}. ${task} (${owner}${due ? `, until ${due}` : ''})</li>`,
  ),
)}
${section(
  'What happened',
  timeline.map(
    ({ at, what, by, text }) => markup`<li>${timeText(at)} <b>${what}</b> by ${by}: ${text}</li>`,
  ),
)}
<footer>All times are UTC.</footer>
</body>
</html>`);
}

function toldItem({ at, text, deliveries = [] }: TimelineEntry): Markup {
  const answers = deliveries.map(
    ({ channel, delivered, member, detail }) =>
      markup`<span class="message">${channel}${member ? ` to ${member}` : ''}: ${delivered ? 'delivered' : markup`<strong class="nobody">failed</strong>`} (${detail})</span>`,
  );
  return markup`<li>${timeText(at)} ${text} ${answers}</li>`;
}

function section(title: string, items: readonly Part[]): Markup | undefined {
  if (items.length === 0) return undefined;
  return markup`<section>
<h2>${title}</h2>
<ul>${items}</ul>
</section>`;
}
