import { DefaultLogger, type LogEntry, Runtime } from '@temporalio/worker';
import { say } from './say.ts';

/** The worker's log on stderr: a line an event, with the run it is about. Once a process. */
export function installLog(level: 'INFO' | 'WARN' = 'INFO'): void {
  Runtime.install({ logger: new DefaultLogger(level, write), shutdownSignals: [] });
}

function write({ level, timestampNanos, message, meta }: LogEntry): void {
  const at = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  const { workflowId, activityType, taskQueue, error } = (meta ?? {}) as Record<string, unknown>;
  const about = [activityType, workflowId ?? taskQueue].filter(Boolean).join(' ');
  const reason = error instanceof Error ? `: ${error.message}` : '';
  say(`${at} ${level.padEnd(5)} ${message}${reason}${about ? `  [${about}]` : ''}`);
}
