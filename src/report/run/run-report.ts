import { countText } from '../../config/text/count-text.ts';
import { sizeText } from '../../config/text/size-text.ts';
import { byText } from '../../config/text/who-text.ts';
import type { Ledger, LedgerLine, LineState } from '../../engine/run/ledger.ts';
import type { Notice } from '../../incident/beside/notice.ts';
import { clockText, durationText, timeText } from '../times.ts';
import { conclusionOf } from './conclusion.ts';
import type { ReportedRun } from './reported-run.ts';
import { type OutputTable, outputTables, words } from './output-tables.ts';
import { type ReportedEvent, runEvents } from './run-events.ts';

/** A report as plain text, in the order in which a person reads it: Markdown and HTML only format it. */
export interface RunReport {
  /** Such as `Database recovery of demo`. */
  readonly title: string;
  /** The outcome, or Temporal's status of a run without one. */
  readonly outcome: string;
  /** Set when the run itself did not answer. */
  readonly caveat?: string;
  /** What is live now, and whether the application is up, as sentences. */
  readonly conclusion: readonly string[];
  readonly facts: readonly Fact[];
  readonly failure?: string;
  /** What a run that is `partly` done went on without. */
  readonly notDone: readonly string[];
  readonly left: readonly string[];
  readonly lines: readonly ReportLine[];
  readonly notices: readonly ReportNotice[];
  readonly events: readonly ReportedEvent[];
  readonly evidence: readonly Fact[];
  readonly output: readonly Fact[];
  readonly tables: readonly OutputTable[];
  /** The command that goes back, when there is one. */
  readonly rollbackPoint?: string;
}

export type Fact = readonly [name: string, value: string];

export interface ReportLine {
  /** `4`, or `4.1` for a part. */
  readonly number: string;
  readonly title: string;
  readonly state: LineState;
  readonly isPart: boolean;
  readonly time: string;
  readonly duration: string;
  readonly note: string;
}

export interface ReportNotice {
  readonly severity: string;
  readonly time: string;
  /** The channels, or `NOBODY`. */
  readonly by: string;
  readonly message: string;
}

export function runReport(view: ReportedRun): RunReport {
  const { ending, runbook, status, source, ledger, startedAt } = view;
  // What was not done has a section of its own.
  const { rollbackPoint, notDone: _, ...output } = recordOf(ending?.output);
  const { tables, rest } = outputTables(output);
  const caveat = source === 'history' ? fromHistory(status) : undefined;
  return {
    title: ending ? `${ending.title} of ${ending.target}` : runbook,
    outcome: ending?.outcome ?? status.toLowerCase(),
    ...(caveat && { caveat }),
    conclusion: conclusionOf(view),
    facts: headFacts(view),
    ...(ending?.failure && { failure: `${ending.failure.type}: ${ending.failure.message}` }),
    notDone: ending?.notDone ?? [],
    left: ending?.left ?? [],
    lines: (ledger ?? []).flatMap((line) => linesOf(line, startedAt)),
    notices: (ending?.notices ?? []).map((notice) => noticeOf(notice, startedAt)),
    events: runEvents(view),
    evidence: evidenceOf(ledger ?? []),
    output: factsOf(rest),
    tables,
    ...(ending &&
      rollbackPoint !== undefined && { rollbackPoint: rollbackText(ending.target, view.run) }),
  };
}

export type BegunLine = LedgerLine & { readonly startedAt: string; readonly label: string };

/** Every line that began, and its parts: what a picture of the run shows. */
export function begunLines(ledger: Ledger, parent = ''): BegunLine[] {
  return ledger.flatMap((line) => {
    const label = `${parent}${line.number}`;
    const { startedAt, parts = [] } = line;
    const own = startedAt === undefined ? [] : [{ ...line, startedAt, label }];
    return [...own, ...begunLines(parts, `${label}.`)];
  });
}

function headFacts({ run, startedAt, endedAt, ending }: ReportedRun): Fact[] {
  const took = endedAt && durationText(Date.parse(endedAt) - Date.parse(startedAt));
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Target', ending?.target],
    ['Started by', ending && byText(ending)],
    ['Because', ending?.because],
    ['Started', timeText(startedAt)],
    ['Ended', endedAt ? timeText(endedAt) : 'not yet'],
    ['Took', took],
    ['Mode', ending?.mode === 'plan' ? 'plan: nothing was changed' : undefined],
    ['Input', inputText(ending?.input)],
    ['Policy', ending?.policy],
    ['Run', run],
  ];
  return facts.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
}

function inputText(input: unknown): string {
  return factsOf(recordOf(input))
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function linesOf(line: LedgerLine, start: string, parent = ''): ReportLine[] {
  const { number, title, state, note, waiting, startedAt, finishedAt, attempt = 1 } = line;
  const label = `${parent}${number}`;
  const tries = attempt > 1 ? `attempt ${attempt}` : '';
  const row: ReportLine = {
    number: label,
    title,
    state,
    isPart: parent !== '',
    time: startedAt ? clockText(startedAt, start) : '',
    duration:
      startedAt && finishedAt ? durationText(Date.parse(finishedAt) - Date.parse(startedAt)) : '',
    note: [tries, waiting?.why ?? note].filter(Boolean).join(': '),
  };
  return [row, ...(line.parts ?? []).flatMap((part) => linesOf(part, start, `${label}.`))];
}

/** The files and the runs behind the lines of a ledger. */
function evidenceOf(ledger: Ledger): Fact[] {
  return ledger.flatMap(({ title, evidence = [], runs = [], parts = [] }): Fact[] => [
    ...runs.map((run) => [title, `run ${run}`] as const),
    ...evidence.map(
      ({ file, bytes, sha256 }) =>
        [title, `${file}, ${countText(bytes, 'byte')}, sha256 ${sha256}`] as const,
    ),
    ...evidenceOf(parts),
  ]);
}

function noticeOf({ severity, message, channels, at }: Notice, start: string): ReportNotice {
  const by = channels.length > 0 ? channels.join(', ') : 'NOBODY';
  return { severity, time: clockText(at, start), by, message };
}

function fromHistory(status: string): string {
  return status === 'RUNNING'
    ? 'No worker answers: this is what its history shows.'
    : 'It was terminated, without undo: this is what its history shows.';
}

/** The command that brings back what a run has replaced. */
export function rollbackText(target: string, run: string): string {
  return `runbook start rollback --target ${target} --run ${run}`;
}

/** Units, by how a key ends: `downtimeMilliseconds: 420` reads as `downtime: 0.42 s`. */
const units = { Milliseconds: durationText, Bytes: sizeText } as const;

function factsOf(record: Readonly<Record<string, unknown>>): Fact[] {
  return Object.entries(record).flatMap(([key, value]): Fact[] => {
    if (value === undefined || value === null) return [];
    const unit = Object.entries(units).find(([ending]) => key.endsWith(ending));
    if (unit && typeof value === 'number')
      return [[words(key.slice(0, -unit[0].length)), unit[1](value)]];
    return [[words(key), valueText(value)]];
  });
}

function valueText(value: unknown): string {
  if (!isRecord(value)) return plain(value);
  return factsOf(value)
    .map(([name, text]) => `${name} ${text}`)
    .join(', ');
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((one) => !isRecord(one)))
    return value.map(plain).join(', ');
  return JSON.stringify(value) ?? '';
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  return value === undefined || value === null ? {} : { result: value };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
