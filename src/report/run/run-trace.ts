import { createHash } from 'node:crypto';
import type { Ending } from '../../engine/run/ending.ts';
import type { Intervention } from '../../engine/run/interventions.ts';
import type { LedgerLine, LineState } from '../../engine/run/ledger.ts';
import type { ReportedRun } from './reported-run.ts';

/** A run that has ended. */
export type TracedRun = Required<Pick<ReportedRun, 'startedAt' | 'endedAt' | 'ending'>>;

/** A span, as OTLP has it in JSON. Times are nanoseconds since 1970, as text. */
export interface Span {
  /** 32 and 16 hexadecimal digits. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: typeof INTERNAL;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly events?: readonly SpanEvent[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code?: typeof OK | typeof ERROR; readonly message?: string };
}

interface SpanEvent {
  readonly timeUnixNano: string;
  readonly name: string;
  readonly attributes: readonly Attribute[];
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string } | { readonly intValue: string };
}

/** Of OTLP's enumerations. */
const INTERNAL = 1;
const OK = 1;
const ERROR = 2;

/** Of an attribute, in characters. */
const MAX_TEXT = 1000;
/** A run of more lines and parts than these is told in part. */
const MAX_SPANS = 1000;

const FAILED: readonly LineState[] = ['failed', 'left'];

/**
 * The spans of a run, from its ledger: one for the run, for each line that began, for its parts and attempts, and for each run that was a
 * part of it. A run and its parts are one trace, whose ids follow from the ids of the runs: each sends its own spans, and they join.
 */
export function runTrace({ ending, startedAt, endedAt }: TracedRun): Span[] {
  const { run, runbook, target, ledger, outcome, failure } = ending;
  const trace = traceOf(run);
  const root = rootOf(run);
  const isFailed = outcome === 'failed' || outcome === 'undone';
  const whole: Span = {
    ...trace,
    spanId: root,
    ...(isPart(run) && { parentSpanId: callOf(run) }),
    name: runbook,
    kind: INTERNAL,
    startTimeUnixNano: nanoseconds(startedAt),
    endTimeUnixNano: nanoseconds(endedAt),
    attributes: attributesOf({
      'runbook.name': runbook,
      'runbook.target': target,
      'runbook.run': run,
      'runbook.outcome': outcome,
      'runbook.by': ending.by,
      'runbook.because': ending.because,
      'runbook.policy': ending.policy,
    }),
    events: eventsOf(ending),
    links: [begunBy(ending.because), ending.tookOver?.from].filter(isRun).map(linkTo),
    status: isFailed
      ? { code: ERROR, ...(failure && { message: bounded(failure.message) }) }
      : outcome === 'stopped'
        ? {}
        : { code: OK },
  };
  const lines = ledger.flatMap((line) => spansOf(line, root, line.title));
  return [whole, ...lines].slice(0, MAX_SPANS);

  /** A line, and what is below it. One that never began has no time, and no span. */
  function spansOf(line: LedgerLine, parentSpanId: string, name: string): Span[] {
    const { startedAt: start, finishedAt: finish = endedAt, state } = line;
    if (start === undefined) return [];
    const spanId = idOf(`${run} ${line.id}`);
    const times = { startTimeUnixNano: nanoseconds(start), endTimeUnixNano: nanoseconds(finish) };
    const isWrong = FAILED.includes(state);
    const own: Span = {
      ...trace,
      spanId,
      parentSpanId,
      name,
      kind: INTERNAL,
      ...times,
      attributes: attributesOf({
        'runbook.step': line.id,
        'runbook.step.title': line.title,
        'runbook.step.state': state,
        'runbook.step.attempts': line.attempt,
        'runbook.step.note': line.note,
      }),
      links: (line.runs ?? []).filter((id) => !isPartOf(id, run)).map(linkTo),
      status: isWrong ? { code: ERROR, ...(line.note && { message: bounded(line.note) }) } : {},
    };
    const calls = (line.runs ?? [])
      .filter((id) => isPartOf(id, run))
      .map((id): Span => ({
        ...trace,
        spanId: callOf(id),
        parentSpanId: spanId,
        name: 'part',
        kind: INTERNAL,
        ...times,
        attributes: attributesOf({ 'runbook.run': id }),
        status: {},
      }));
    const parts = (line.parts ?? []).flatMap((part) => spansOf(part, spanId, `${name}: part`));
    return [own, ...attemptsOf(line, own, ending.interventions), ...calls, ...parts];
  }
}

/** Where people had a line tried again. Each but the last lasts until they did: how long they took is in it. */
function attemptsOf(line: LedgerLine, own: Span, all: readonly Intervention[]): Span[] {
  const { attempt = 1 } = line;
  const again = all
    .filter(
      ({ what, step, choice }) => what === 'decided' && step === line.id && choice === 'retry',
    )
    .map(({ at }) => nanoseconds(at));
  if (attempt === 1 || again.length !== attempt - 1) return [];
  const bounds = [own.startTimeUnixNano, ...again, own.endTimeUnixNano];
  return again.concat(own.endTimeUnixNano).map((endTimeUnixNano, index) => ({
    traceId: own.traceId,
    spanId: idOf(`${own.spanId} ${index}`),
    parentSpanId: own.spanId,
    name: 'attempt',
    kind: INTERNAL,
    startTimeUnixNano: bounds[index]!,
    endTimeUnixNano,
    attributes: attributesOf({ 'runbook.attempt': index + 1 }),
    status: index < again.length ? { code: ERROR } : own.status,
  }));
}

/** What people did to the run, and what they were notified of. */
function eventsOf({ interventions, notices }: Ending): SpanEvent[] {
  const done = interventions.map(({ at, what, by, step, choice, reason }) => ({
    timeUnixNano: nanoseconds(at),
    name: what,
    attributes: attributesOf({ by, step, choice, reason }),
  }));
  const told = notices.map(({ at, severity, message }) => ({
    timeUnixNano: nanoseconds(at),
    name: 'notified',
    attributes: attributesOf({ severity, message }),
  }));
  return [...done, ...told].slice(0, MAX_SPANS);
}

/** `<runbook>/<target>/<stamp>`; what is behind it is a part. */
function partsOfId(run: string): string[] {
  return run.split('/');
}

function isPart(run: string): boolean {
  return partsOfId(run).length > 3;
}

function isPartOf(id: string, run: string): boolean {
  return id.startsWith(`${run}/`);
}

function isRun(id: string | undefined): id is string {
  return id !== undefined;
}

/** As the engine writes it of a run that goes on by itself. */
function begunBy(because: string | undefined): string | undefined {
  return /^begun by (\S+)$/.exec(because ?? '')?.[1];
}

function linkTo(run: string) {
  return { ...traceOf(run), spanId: rootOf(run) };
}

function traceOf(run: string): { readonly traceId: string } {
  return { traceId: digest(partsOfId(run).slice(0, 3).join('/'), 32) };
}

function rootOf(run: string): string {
  return idOf(run);
}

/** The call of a part, in the run that it is a part of: both know it by the id of the part alone. */
function callOf(part: string): string {
  return idOf(`call ${part}`);
}

function idOf(text: string): string {
  return digest(text, 16);
}

function digest(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

function nanoseconds(at: string): string {
  return `${Date.parse(at)}000000`;
}

function attributesOf(values: Readonly<Record<string, string | number | undefined>>): Attribute[] {
  return Object.entries(values).flatMap(([key, value]): Attribute[] => {
    if (value === undefined) return [];
    return typeof value === 'number'
      ? [{ key, value: { intValue: `${value}` } }]
      : [{ key, value: { stringValue: bounded(value) } }];
  });
}

function bounded(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT).toWellFormed()}…` : text;
}
