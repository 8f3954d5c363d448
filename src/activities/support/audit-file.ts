import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Target } from '../../config/target.ts';
import { syncDirectory } from './files/durable-files.ts';

/** One line of the audit: somebody did something to a run. */
export interface AuditEvent {
  /** ISO 8601, UTC: when it happened, which may be before it was written. */
  readonly at: string;
  readonly run: string;
  /** `started`, `took over`, `decided`, `approved`, `rejected`, `paused`, `resumed`, `stopped`, `ended`. */
  readonly what: string;
  readonly by: string;
  readonly reason?: string | undefined;
  /** The id of the line that it was about. */
  readonly step?: string | undefined;
  /** The run that had the target, and ended without letting go. */
  readonly from?: string | undefined;
  /** What was decided. */
  readonly choice?: string | undefined;
  /** How it ended. */
  readonly outcome?: string | undefined;
}

/** How far back a retried event is looked for: about a thousand events. */
const TAIL_BYTES = 256 * 1024;

/**
 * Appends events as JSON lines, and returns when they survive a power cut. An event's own line is its identity: its time
 * is the run's, so that a retry brings the same bytes, and is written once. Nothing that stands there is ever changed: half
 * a line that a power cut left is ended, and the whole one comes after it.
 */
export function appendToAudit(
  { state }: Pick<Target, 'state'>,
  events: readonly AuditEvent[],
): void {
  if (events.length === 0) return;
  const file = join(state, 'audit.jsonl');
  const isNew = !existsSync(file);
  if (isNew) mkdirSync(state, { recursive: true });
  const fd = openSync(file, 'a+', 0o600);
  try {
    const tail = tailOf(fd);
    const known = new Set(tail.split('\n'));
    const lines = events.map((event) => JSON.stringify(event)).filter((line) => !known.has(line));
    const start = tail === '' || tail.endsWith('\n') ? '' : '\n';
    if (lines.length > 0) writeFileSync(fd, `${start}${lines.join('\n')}\n`);
    // Also for lines that are there: the attempt that wrote them may not have come so far.
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  if (isNew) syncDirectory(dirname(file));
}

function tailOf(fd: number): string {
  const { size } = fstatSync(fd);
  const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
  const length = readSync(fd, tail, 0, tail.length, size - tail.length);
  return tail.toString('utf8', 0, length);
}
