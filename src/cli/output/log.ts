import { DefaultLogger, type LogEntry, Runtime } from '@temporalio/worker';
import { plainLine } from '../../config/text/plain-text.ts';
import { logFormat } from './log-format.ts';
import { bounded, type LogRecord, recordJson } from './log-record.ts';
import { writeLine } from './say.ts';

interface LogOptions {
  readonly level?: 'INFO' | 'WARN';
  /** Where the SDK is to tell what it measures: `127.0.0.1:40123`. Missing: nowhere. */
  readonly metrics?: string | undefined;
}

/** The worker's log on stderr: a line an event, with the run it is about. Once a process. */
export function installLog({ level = 'INFO', metrics }: LogOptions = {}): void {
  const isNews = openTroubles();
  const write = (entry: LogEntry): void => {
    const record = logRecord(entry);
    if (!record || !isNews(entry)) return;
    writeLine(logFormat() === 'json' ? recordJson(record) : recordText(record));
  };
  Runtime.install({
    logger: new DefaultLogger(level, write),
    shutdownSignals: [],
    telemetryOptions: {
      // Its own part in Rust writes to stdout, unless it is asked to hand that over.
      logging: { forward: {}, filter: CORE_FILTER },
      ...(metrics !== undefined && {
        metrics: {
          prometheus: {
            bindAddress: metrics,
            // Names as Prometheus wants them: seconds, and counters in _total.
            countersTotalSuffix: true,
            unitSuffix: true,
            useSecondsForDurations: true,
          },
        },
      }),
    },
  });
}

/** As it is without asking. */
const CORE_FILTER = { core: 'WARN', other: 'ERROR' } as const;

/** The SDK warns of what is always so here. */
const noise = /^(No Nexus services|No workflows|No activities) registered|^Worker state changed/;
/** So many troubles are remembered. */
const MAX_TROUBLES = 1000;
/** A worker has some thirty calls that wait for work: each warns of each attempt while Temporal is away. */
const RETRIED = /^gRPC call (\w+) retried \d+ times$/;
/** In ms. */
const RETRIED_INTERVAL = 60_000;

/** Undefined: nobody need read it. */
export function logRecord({
  level,
  timestampNanos,
  message,
  meta,
}: LogEntry): LogRecord | undefined {
  if (noise.test(message)) return undefined;
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  const { workflowId, activityType, taskQueue, attempt } = (meta ?? {}) as Meta;
  const [, target] = workflowId?.split('/') ?? /^target-(.+)$/.exec(taskQueue ?? '') ?? [];
  return {
    time,
    level,
    message,
    error: reasonOf(meta ?? {}),
    run: workflowId,
    target,
    queue: workflowId === undefined ? taskQueue : undefined,
    activity: activityType,
    attempt: activityType === undefined ? undefined : attempt,
  };
}

/** For people, as one line. */
export function recordText({ time, level, message, error, ...about }: LogRecord): string {
  const subject = [about.activity, about.run ?? about.queue].filter(Boolean).join(' ');
  const whole = [message, error]
    .filter((text) => text !== undefined)
    .map(bounded)
    .join(': ');
  return plainLine(
    `${time} ${level.padEnd(5)} ${whole}${subject ? `  [${bounded(subject)}]` : ''}`,
  );
}

/** What the SDK says beside a message. */
interface Meta {
  readonly workflowId?: string;
  readonly activityType?: string;
  readonly taskQueue?: string;
  readonly attempt?: number;
  readonly error?: unknown;
}

function reasonOf({ error }: Meta): string | undefined {
  if (error instanceof Error) return error.message;
  return typeof error === 'string' ? error : undefined;
}

/**
 * The same trouble of the same run is logged once, however often it is tried again: a run that waits for its target asks every 10 s. That
 * Temporal does not answer is logged once a minute.
 */
export function openTroubles(): (entry: LogEntry) => boolean {
  const known = new Set<string>();
  /** When it was told last that a call was tried again, in ms since 1970. */
  const retried = new Map<string, number>();

  return ({ message, meta, timestampNanos }) => {
    const [, call] = RETRIED.exec(message) ?? [];
    if (call !== undefined) return isDue(call, Number(timestampNanos / 1_000_000n));
    const { workflowId, activityType, error } = (meta ?? {}) as Meta;
    if (!(error instanceof Error) || workflowId === undefined || activityType === undefined)
      return true;
    const trouble = JSON.stringify([workflowId, activityType, bounded(error.message)]);
    if (known.has(trouble)) return false;
    known.add(trouble);
    // The oldest goes.
    if (known.size > MAX_TROUBLES) known.delete(known.values().next().value!);
    return true;
  };

  function isDue(call: string, at: number): boolean {
    const before = retried.get(call) ?? -Infinity;
    if (at - before < RETRIED_INTERVAL) return false;
    retried.set(call, at);
    return true;
  }
}
