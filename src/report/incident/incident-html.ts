import type { TimelineEntry } from '../../incident/incident.ts';
import { type Markup, markup } from '../html/markup.ts';
import { list, pageOf, section } from '../html/page.ts';
import { factList } from '../run/html/tables.ts';
import { timeText } from '../times.ts';
import type { IncidentReport } from './incident-report.ts';

/** The colours are those of a run that ended so. */
const COLOURS = { triggered: 'failed', acknowledged: 'undone', resolved: 'done' } as const;

/** An incident as one HTML file that needs nothing else. */
export function incidentHtml(report: IncidentReport): string {
  const { title, state, facts, notices, timeline, remediations, tasks, members } = report;
  return pageOf(
    `${title}: ${state}`,
    markup`<header>
<h1>${title}</h1>
<p class="outcome ${COLOURS[state]}">${state}</p>
${factList(facts)}
</header>
${section('Who was notified', list(notices.map(noticeItem)))}
${section('Its alerts', list(members))}
${section('What was tried', list(remediations.map(({ runbook, run, outcome = 'runs' }) => `${runbook}: ${outcome} (${run})`)))}
${section('Tasks', list(tasks.map(({ number, title: task, owner, due, done }) => `${done ? 'Done: ' : ''}${number}. ${task} (${owner}${due ? `, until ${due}` : ''})`)))}
${section('What happened', list(timeline.map(({ at, what, by, text }) => markup`${timeText(at)} <b>${what}</b> by ${by}: ${text}`)))}`,
  );
}

function noticeItem({ at, text, deliveries = [] }: TimelineEntry): Markup {
  const answers = deliveries.map(
    ({ channel, delivered, member, detail }) =>
      markup`<span class="message">${channel}${member ? ` to ${member}` : ''}: ${delivered ? 'delivered' : markup`<strong class="nobody">failed</strong>`} (${detail})</span>`,
  );
  return markup`${timeText(at)} ${text} ${answers}`;
}
