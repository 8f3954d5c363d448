import { DefaultLogger, type LogEntry, Runtime } from '@temporalio/worker';
import { say } from './say.ts';

/** The worker's log on stderr: a line an event, with the run it is about. Once a process. */
export function installLog(level: 'INFO' | 'WARN' = 'INFO'): void {
  Runtime.install({ logger: new DefaultLogger(level, write), shutdownSignals: [] });
}

/** The SDK warns of what is always so here. */
const noise = /^(No Nexus services|No workflows|No activities) registered|^Worker state changed/;

function write({ level, timestampNanos, message, meta }: LogEntry): void {
  if (noise.test(message)) return;
  const at = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  const { workflowId, activityType, taskQueue, error } = (meta ?? {}) as Record<string, unknown>;
  const about = [activityType, workflowId ?? taskQueue].filter(Boolean).join(' ');
  const reason = error instanceof Error ? `: ${error.message}` : '';
  say(`${at} ${level.padEnd(5)} ${message}${reason}${about ? `  [${about}]` : ''}`);
}
