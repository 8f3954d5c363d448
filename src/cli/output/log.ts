import { DefaultLogger, type LogEntry, Runtime } from '@temporalio/worker';
import { say } from './say.ts';

interface LogOptions {
  readonly level?: 'INFO' | 'WARN';
  /** Where the SDK is to tell what it measures: `127.0.0.1:40123`. Missing: nowhere. */
  readonly metrics?: string | undefined;
}

/** The worker's log on stderr: a line an event, with the run it is about. Once a process. */
export function installLog({ level = 'INFO', metrics }: LogOptions = {}): void {
  const isNews = openTroubles();
  const write = (entry: LogEntry): void => {
    const line = logLine(entry);
    if (line !== undefined && isNews(entry)) say(line);
  };
  Runtime.install({
    logger: new DefaultLogger(level, write),
    shutdownSignals: [],
    ...(metrics !== undefined && {
      telemetryOptions: {
        metrics: {
          prometheus: {
            bindAddress: metrics,
            // Names as Prometheus wants them: seconds, and counters in _total.
            countersTotalSuffix: true,
            unitSuffix: true,
            useSecondsForDurations: true,
          },
        },
      },
    }),
  });
}

/** The SDK warns of what is always so here. */
const noise = /^(No Nexus services|No workflows|No activities) registered|^Worker state changed/;
/** So many troubles are remembered. */
const MAX_TROUBLES = 1000;

/** Undefined: nobody need read it. */
export function logLine({ level, timestampNanos, message, meta }: LogEntry): string | undefined {
  if (noise.test(message)) return undefined;
  const at = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  const { workflowId, activityType, taskQueue, error } = (meta ?? {}) as Record<string, unknown>;
  const about = [activityType, workflowId ?? taskQueue].filter(Boolean).join(' ');
  const reason = error instanceof Error ? `: ${error.message}` : '';
  return `${at} ${level.padEnd(5)} ${message}${reason}${about ? `  [${about}]` : ''}`;
}

/** The same trouble of the same run is logged once, however often it is tried again: a run that waits for its target asks every 10 s. */
export function openTroubles(): (entry: LogEntry) => boolean {
  const known = new Set<string>();
  return ({ meta }) => {
    const { workflowId, activityType, error } = (meta ?? {}) as Record<string, unknown>;
    if (!(error instanceof Error) || workflowId === undefined || activityType === undefined)
      return true;
    const trouble = JSON.stringify([workflowId, activityType, error.message]);
    if (known.has(trouble)) return false;
    known.add(trouble);
    // The oldest goes.
    if (known.size > MAX_TROUBLES) known.delete(known.values().next().value!);
    return true;
  };
}
