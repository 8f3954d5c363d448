import type { Ending } from '../../engine/run/ending.ts';
import type { Intervention } from '../../engine/run/interventions.ts';
import type { Notice } from '../../incident/beside/notice.ts';
import { plainLine, plainText } from '../../config/text/plain-text.ts';
import { byText } from '../../config/text/who-text.ts';
import { columns } from '../columns.ts';
import { ledgerText } from '../ledger/ledger-text.ts';
import { capital } from './output-tables.ts';
import type { ReportedRun } from './reported-run.ts';
import { type Fact, type RunReport, runReport } from './run-report.ts';

/** A run for a person to read: how it stands, line by line, what came of it, and what is left to do. */
export function runText(view: ReportedRun, stream: NodeJS.WritableStream): string {
  const { run, ending, ledger, startedAt } = view;
  const report = runReport(view);
  return [
    ...[
      `${report.title}: ${report.outcome}`,
      `  run ${run}, started ${startedAt}${ending ? ` by ${byText(ending)}` : ''}`,
      ...(ending?.because ? [`  because ${ending.because}`] : []),
      ...(report.caveat ? [`  ${report.caveat}`] : []),
      ...report.conclusion.map((sentence) => `  ${sentence}`),
    ].map((line) => plainText(line)),
    '',
    ...(ledger
      ? ledgerText(ledger, stream, { columns: columnsOf(stream) })
      : ['No ledger: this is no runbook of this version']),
    ...(ending ? endingText(ending, report).map((line) => plainText(line)) : []),
  ].join('\n');
}

/** Only a terminal has an edge. */
function columnsOf(stream: NodeJS.WritableStream & { readonly columns?: number }): number {
  return stream.columns || Infinity;
}

function endingText(ending: Ending, report: RunReport): string[] {
  const { failure, notDone, left, evidence } = report;
  return [
    ...(failure ? ['', `It failed with ${failure}`] : []),
    ...section('Not done:', notDone),
    ...section('Left for people to put right:', left),
    ...section('Evidence:', evidence.map(factText)),
    ...section('Who did what:', ending.interventions.map(interventionText)),
    ...section('People were notified:', ending.notices.map(noticeText)),
    ...resultText(report),
  ];
}

function interventionText(intervention: Intervention): string {
  const { at, what, choice, step, reason } = intervention;
  const deed = [what, choice, step && `"${step}"`].filter(Boolean).join(' ');
  return `${at} ${deed} by ${byText(intervention)}${reason ? `: ${reason}` : ''}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? ['', title, ...lines.map((line) => `  ${line}`)] : [];
}

function noticeText({ severity, message, channels, at }: Notice): string {
  const how = channels.length > 0 ? `by ${channels.join(', ')}` : 'NOBODY COULD BE NOTIFIED';
  return `${severity} at ${at}, ${how}: ${message.replaceAll('\n', '\n    ')}`;
}

/** The last line says how to undo. */
function resultText({ output, tables, rollbackPoint }: RunReport): string[] {
  const shown = tables.flatMap(({ title, headings, rows }) =>
    section(
      `${capital(title)}:`,
      columns([headings, ...rows].map((cells) => cells.map((cell) => plainLine(cell)))),
    ),
  );
  const last = rollbackPoint ? ['', `To go back: ${rollbackPoint}`] : [];
  return ['', ...output.map((fact) => `  ${factText(fact)}`), ...shown, ...last];
}

function factText([name, value]: Fact): string {
  return `${name}: ${value}`;
}
