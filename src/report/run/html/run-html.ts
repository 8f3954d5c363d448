import { type Markup, markup } from '../../html/markup.ts';
import { list, pageOf, section } from '../../html/page.ts';
import type { ReportedRun } from '../reported-run.ts';
import { type RunReport, runReport } from '../run-report.ts';
import { drillPlots } from './drill-plots.ts';
import { eventTable, factList, noticeList, outputTable, stepTable } from './tables.ts';
import { timeline } from './timeline.ts';

/** A run as one HTML file that needs nothing else: no script, no picture, no style from elsewhere. */
export function runHtml(view: ReportedRun): string {
  const report = runReport(view);
  const { title, outcome, lines, notices, events, evidence, output, tables, rollbackPoint } =
    report;
  return pageOf(
    `${title}: ${outcome}`,
    markup`${head(report)}
${section('Timeline', timeline(view))}
${section('Drills so far', view.drills && drillPlots(view.drills))}
${section('Steps', lines.length > 0 ? stepTable(lines) : 'No ledger: this is no runbook of this version.')}
${section('Who was notified', notices.length > 0 ? noticeList(notices) : undefined)}
${section('Interventions', events.length > 0 ? eventTable(events) : undefined)}
${section('Evidence', evidence.length > 0 ? factList(evidence) : undefined)}
${section('Result', output.length > 0 ? factList(output) : undefined)}
${tables.map((table) => section(table.title, outputTable(table)))}
${rollbackPoint && markup`<p class="command">To go back: <code>${rollbackPoint}</code></p>`}`,
  );
}

/** What must be seen first: how it ended, why not well, and what people must do. */
function head(report: RunReport): Markup {
  const { title, outcome, caveat, conclusion, facts, failure, notDone, left } = report;
  return markup`<header>
<h1>${title}</h1>
<p class="outcome ${outcome.replaceAll(/[^a-z_]/g, '')}">${outcome}</p>
${caveat && markup`<p>${caveat}</p>`}
${conclusion.map((sentence) => markup`<p>${sentence}.</p>`)}
${factList(facts)}
${failure && markup`<div class="alert failed"><h2>Why it failed</h2><p>${failure}</p></div>`}
${notDone.length > 0 ? markup`<div class="alert partly"><h2>Not done</h2>${list(notDone)}</div>` : undefined}
${left.length > 0 ? markup`<div class="alert left"><h2>Left for people to put right</h2>${list(left)}</div>` : undefined}
</header>`;
}
