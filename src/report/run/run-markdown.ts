import { prose, section, tableLines } from '../markdown.ts';
import { timeText } from '../times.ts';
import { capital } from './output-tables.ts';
import type { ReportedRun } from './reported-run.ts';
import { type Fact, type ReportLine, runReport } from './run-report.ts';

/** A run as Markdown, for a ticket or a wiki: whatever comes from outside is text there, never markup. */
export function runMarkdown(view: ReportedRun): string {
  const report = runReport(view);
  const { title, outcome, caveat, facts, failure, left, lines, notices, events, evidence, output } =
    report;
  return [
    `# ${prose(title)}: ${prose(outcome)}`,
    ...(caveat ? [prose(caveat)] : []),
    ...report.conclusion.map((sentence) => `${prose(sentence)}.`),
    facts.map(factItem).join('\n'),
    ...(failure ? [`**It failed with ${prose(failure)}**`] : []),
    ...section(
      'Not done',
      report.notDone.map((text) => `- ${prose(text)}`),
    ),
    ...section(
      'Left for people to put right',
      left.map((text) => `- ${prose(text)}`),
    ),
    ...section('Steps', lines.length > 0 ? stepTable(lines) : []),
    ...section(
      'Who was notified',
      notices.map(({ time, severity, by, message }) =>
        item(
          `${time}, ${severity}, ${by === 'NOBODY' ? '**NOBODY**' : `by ${prose(by)}`}`,
          message,
        ),
      ),
    ),
    ...section(
      'Interventions',
      events.map(({ at, what, by, reason }) => {
        return item(`${timeText(at)} ${prose(what)} by ${prose(by)}`, reason);
      }),
    ),
    ...section('Evidence', evidence.map(factItem)),
    ...section('Result', output.map(factItem)),
    ...report.tables.flatMap(({ title: name, ...table }) =>
      section(prose(capital(name)), tableLines(table)),
    ),
    ...(report.rollbackPoint ? ['To go back:', code(report.rollbackPoint)] : []),
  ].join('\n\n');
}

function item(head: string, text: string): string {
  return `- ${head}${text ? `: ${prose(text)}` : ''}`;
}

function factItem([name, value]: Fact): string {
  return `- ${prose(name)}: ${prose(value)}`;
}

function stepTable(lines: readonly ReportLine[]): string[] {
  return [
    '| # | step | state | began | took | note |',
    '| ---: | --- | --- | --- | ---: | --- |',
    ...lines.map(({ number, title, state, time, duration, note }) => {
      const cells = [number, prose(title), state, time, duration, prose(note)];
      return `| ${cells.join(' | ')} |`;
    }),
  ];
}

/** A command, as it is. */
function code(text: string): string {
  const line = text.toWellFormed().replaceAll(/\p{Cc}/gu, ' ');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}sh\n${line}\n${fence}`;
}
