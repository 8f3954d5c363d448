import type { TimelineEntry } from '../../incident/incident.ts';
import { type Markup, markup } from '../html/markup.ts';
import { list, pageOf, section } from '../html/page.ts';
import { factList } from '../run/html/tables.ts';
import { timeText } from '../times.ts';
import type { Happening } from './collapse.ts';
import type { IncidentReport } from './incident-report.ts';

/** The colours are those of a run that ended so. */
const COLOURS = { triggered: 'failed', acknowledged: 'undone', resolved: 'done' } as const;

const head = markup`<style>
a { color: var(--blue); }
summary { cursor: pointer; }
.follow { list-style: none; padding-left: 0; }
</style>`;

/** An incident as one HTML file that needs nothing else. */
export function incidentHtml(report: IncidentReport): string {
  const { title, state, facts, notices, happenings, remediations, document, links, members } =
    report;
  const { impact, began, cause, helped, followUps, review } = document;
  return pageOf(
    `${title}: ${state}`,
    markup`<header>
<h1>${title}</h1>
<p class="outcome ${COLOURS[state]}">${state}</p>
${factList(facts)}
</header>
${section('Impact', list(impact))}
${section('When it began', list(began))}
${section('Root cause', list(cause))}
${section('What helped', list(helped))}
${section('Follow-ups', followUps.length === 0 ? undefined : markup`<ul class="follow">${followUps.map(({ done, text }) => markup`<li><b>${done ? '\u2713' : '\u25A1'}</b> ${text}</li>`)}</ul>`)}
${section('Review', list(review))}
${section('Links', list(links.map((link) => markup`<a href="${link}" rel="noreferrer">${link}</a>`)))}
${section('What was tried', list(remediations.map(({ runbook, run, outcome = 'runs' }) => `${runbook}: ${outcome} (${run})`)))}
${section('What happened', list(happenings.map(happening)))}
${section('Who was notified', list(notices.map(noticeItem)))}
${section('Its alerts', list(members))}`,
    head,
  );
}

function happening({ at, until, what, by, text, all }: Happening): Markup {
  const line = markup`${timeText(at)}${until && ` to ${timeText(until)}`} <b>${what}</b> by ${by}: ${text}`;
  if (!all) return line;
  return markup`<details><summary>${line}</summary>
${list(all.map((one) => happening(one)))}</details>`;
}

function noticeItem({ at, text, deliveries = [] }: TimelineEntry): Markup {
  const answers = deliveries.map(
    ({ channel, delivered, member, detail }) =>
      markup`<span class="message">${channel}${member ? ` to ${member}` : ''}: ${delivered ? 'delivered' : markup`<strong class="nobody">failed</strong>`} (${detail})</span>`,
  );
  return markup`${timeText(at)} ${text} ${answers}`;
}
