import type { Ending } from '../../engine/run/ending.ts';
import type { Intervention } from '../../engine/run/interventions.ts';
import type { Notice } from '../../incident/beside/notice.ts';
import { plainLine, plainText } from '../../config/text/plain-text.ts';
import { byText } from '../../config/text/who-text.ts';
import { columns } from '../columns.ts';
import { ledgerText } from '../ledger/ledger-text.ts';
import { capital, outputTables } from './output-tables.ts';
import type { ReportedRun } from './reported-run.ts';
import { evidenceOf, rollbackText } from './run-report.ts';

/** A run for a person to read: how it stands, line by line, what came of it, and what is left to do. */
export function runText(view: ReportedRun, stream: NodeJS.WritableStream): string {
  const { run, ending, ledger, source, status, startedAt } = view;
  const head = ending
    ? `${ending.title} of ${ending.target}: ${ending.outcome}`
    : `${view.runbook}: ${status.toLowerCase()}`;
  return [
    ...[
      head,
      `  run ${run}, started ${startedAt}${ending ? ` by ${byText(ending)}` : ''}`,
      ...(ending?.because ? [`  because ${ending.because}`] : []),
    ].map((line) => plainText(line)),
    ...(source === 'history' ? [`  ${fromHistory(status)}`] : []),
    '',
    ...(ledger
      ? ledgerText(ledger, stream, columnsOf(stream))
      : ['No ledger: this is no runbook of this version']),
    ...(ending ? endingText(ending).map((line) => plainText(line)) : []),
  ].join('\n');
}

/** Only a terminal has an edge. */
function columnsOf(stream: NodeJS.WritableStream & { readonly columns?: number }): number {
  return stream.columns || Infinity;
}

function fromHistory(status: string): string {
  return status === 'RUNNING'
    ? 'No worker answers: this is what its history shows'
    : 'It was terminated, without undo: this is what its history shows';
}

function endingText(ending: Ending): string[] {
  const { run, target, failure, notDone = [], left, ledger, output, notices } = ending;
  return [
    ...(failure ? ['', `It failed with ${failure.type}: ${failure.message}`] : []),
    ...section('Not done:', notDone),
    ...section('Left for people to put right:', left),
    ...section(
      'Evidence:',
      evidenceOf(ledger).map(([title, text]) => `${title}: ${text}`),
    ),
    ...section('Who did what:', ending.interventions.map(interventionText)),
    ...section('People were notified:', notices.map(noticeText)),
    ...(isRecord(output) ? outputText(output, rollbackText(target, run)) : []),
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
function outputText({ rollbackPoint, ...facts }: Record<string, unknown>, back: string): string[] {
  const last = rollbackPoint ? ['', `To go back: ${back}`] : [];
  const { tables, rest } = outputTables(facts);
  const shown = tables.flatMap(({ title, headings, rows }) =>
    section(
      `${capital(title)}:`,
      columns([headings, ...rows].map((cells) => cells.map((cell) => plainLine(cell)))),
    ),
  );
  return ['', ...Object.entries(rest).flatMap(factText), ...shown, ...last];
}

function factText([key, value]: [string, unknown]): string[] {
  if (value === undefined || value === null) return [];
  const name = key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const text = isRecord(value)
    ? Object.entries(value)
        .map(([part, one]) => `${part} ${plain(one)}`)
        .join(', ')
    : plain(value);
  return [`  ${name}: ${text}`];
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
