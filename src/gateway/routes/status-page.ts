import { countText } from '../../config/text/count-text.ts';
import type { Verdict } from '../../figures/figure.ts';
import { type Markup, markup, type Part } from '../../report/html/markup.ts';
import { pageOf, section } from '../../report/html/page.ts';
import { ageText, valueText } from '../../report/performance/value-text.ts';
import { durationText, timeText } from '../../report/times.ts';
import type { StatusFile, StatusIncident } from '../../state/figures/status-file.ts';
import { type Standing, verdictOf } from './standing.ts';

/** In words, too: a colour alone tells nothing to whoever does not see it. */
const answers: Readonly<Record<Verdict, string>> = {
  ok: 'All is well',
  warning: 'Something deserves attention',
  critical: 'Something is wrong',
  unknown: 'Not all of it is known',
  'not applicable': 'Nothing is known',
};

const WORST_FIRST: readonly Verdict[] = ['critical', 'unknown', 'warning', 'ok', 'not applicable'];
const REFRESH_SECONDS = 30;

const head = markup`
<meta name="robots" content="noindex">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
<style>
.targets { list-style: none; margin: 1rem 0 0; padding: 0; }
.lines { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 1rem; margin: 0; }
.lines dt { font-weight: 550; color: var(--accent); }
.lines dd { margin: 0; min-width: 0; }
.lines dd b { font-weight: 550; }
.state { color: var(--accent); }
a { color: var(--blue); }
summary { cursor: pointer; color: var(--soft); }
article { margin-top: 3rem; padding-top: .5rem; border-top: 2px solid var(--rule); }
article h1 { font-size: 1.35rem; }
</style>`;

/** How some targets stand, for whoever has no shell. It asks to be loaded anew, and needs no script for that. */
export function statusPage(all: readonly Standing[], now: number): string {
  const [only] = all;
  if (all.length === 1) return pageOf(`${only!.target}: ${answerOf(only!)}`, target(only!), head);
  const verdict = verdictOf(all);
  const answer = all.length === 0 ? 'There is no target here' : answers[verdict];
  return pageOf(
    answer,
    markup`<header><h1>${answer}</h1>
<p class="outcome ${classOf(verdict)}">${wordOf(verdict)}: ${countText(all.length, 'target')}, seen ${timeText(new Date(now).toISOString())}</p>
<ul class="targets">${all.map((one) => markup`<li class="${classOf(one.verdict)}"><span class="state">${wordOf(one.verdict)}</span> <a href="#${one.target}">${one.target}</a>: ${answerOf(one)}</li>`)}</ul>
</header>
${all.map((one) => markup`<article id="${one.target}">${target(one)}</article>`)}`,
    head,
  );
}

function target(standing: Standing): Markup {
  const { target: name, verdict, status, age, why } = standing;
  return markup`<h1>${name}: ${answerOf(standing)}</h1>
<p class="outcome ${classOf(verdict)}">${wordOf(verdict)}</p>
${checkedText(status, age)}
${why === undefined ? undefined : markup`<div class="alert unknown"><h2>How it is now is not known</h2><p>Last checked ${age === undefined ? 'never, as far as is known here' : `${ageText(age)} ago`}: ${why}. ${status ? 'What stands below was so then.' : undefined}</p></div>`}
${status && content(status)}`;
}

function answerOf({ verdict, why }: Standing): string {
  return why === undefined ? answers[verdict] : 'Nobody knows how it is now';
}

function checkedText(status: StatusFile | undefined, age: number | undefined): Part {
  if (!status || age === undefined) return undefined;
  return markup`<p class="note">Last checked ${ageText(age)} ago, at ${timeText(status.at)}</p>`;
}

function content({ lines, figures, incidents, at }: StatusFile): Markup {
  const open = incidents?.all.filter(({ closedAt }) => closedAt === undefined) ?? [];
  const ended = incidents?.all.filter(({ closedAt }) => closedAt !== undefined) ?? [];
  const isOld = incidents && Date.parse(at) - Date.parse(incidents.at) > 60_000;
  const asOf = isOld ? ` (as of ${timeText(incidents.at)})` : '';
  const shown = figures.filter((figure) => figure.verdict !== 'not applicable');
  return markup`${section(`Open incidents${asOf}`, open.length > 0 ? open.map(incident) : incidents ? 'None.' : 'Not known: Temporal has not answered yet.')}
${section('How it stands', lineList(lines))}
${section(`Incidents of the last two weeks${asOf}`, ended.length > 0 ? ended.map(incident) : undefined)}
${section('Figures', shown.length > 0 ? figureTable(shown) : undefined)}`;
}

function lineList(lines: StatusFile['lines']): Markup {
  const sorted = lines.toSorted(
    (one, other) => WORST_FIRST.indexOf(one.verdict) - WORST_FIRST.indexOf(other.verdict),
  );
  return markup`<dl class="lines">${sorted.map(
    ({ verdict, subject, text }) =>
      markup`<dt class="${classOf(verdict)}">${wordOf(verdict)}</dt><dd><b>${subject}</b>: ${text}</dd>
`,
  )}</dl>`;
}

function incident(one: StatusIncident) {
  const { title, severity, state, openedAt, closedAt, quiet, reason, end } = one;
  const length = closedAt && Date.parse(closedAt) - Date.parse(openedAt);
  const times =
    closedAt === undefined
      ? `since ${timeText(openedAt)}`
      : `${timeText(openedAt)} to ${timeText(closedAt)}, ${durationText(Number(length))}`;
  return markup`<div class="alert ${closedAt === undefined ? 'critical' : 'ok'}"><h2>${[severity, state].filter(Boolean).join(', ')}</h2>
<p><b>${title}</b></p>
<p class="note">${times}</p>
${quiet && markup`<p><b>Quiet</b>: ${quiet}</p>`}
${reason && markup`<p class="message">${reason}</p>`}
${end && markup`<p>Ended by ${end}</p>`}</div>
`;
}

function figureTable(figures: StatusFile['figures']): Markup {
  const sorted = figures.toSorted(
    (one, other) => WORST_FIRST.indexOf(one.verdict) - WORST_FIRST.indexOf(other.verdict),
  );
  return markup`<details><summary>${countText(figures.length, 'figure')}</summary>
<table class="figures">
<thead><tr><th>Figure</th><th>Now</th><th>Verdict</th><th>What was seen</th></tr></thead>
<tbody>${sorted.map(
    ({ name, verdict, note, limit, ...figure }) => markup`<tr class="${classOf(verdict)}">
<td>${name}</td><td data-label="now">${valueText({ unit: figure.unit, ...(figure.value !== undefined && { value: figure.value }) })}</td>
<td data-label="verdict" class="state">${wordOf(verdict)}</td><td class="note">${note}${limit === undefined ? undefined : ` (${limit})`}</td>
</tr>
`,
  )}</tbody></table></details>`;
}

function wordOf(verdict: Verdict): string {
  return verdict === 'not applicable' ? 'unknown' : verdict;
}

function classOf(verdict: Verdict): string {
  return wordOf(verdict);
}
