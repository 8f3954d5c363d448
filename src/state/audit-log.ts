import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Who } from '../config/border/who.ts';
import type { Target } from '../config/schema/target.ts';
import type { Stamp } from '../config/time/stamp.ts';
import { syncDirectory } from '../os/files/durable-files.ts';
import { ensurePrivate } from '../os/files/ensure-private.ts';

/** One line of the audit: somebody did something to a run. */
export interface AuditEvent {
  /** ISO 8601, UTC: when it happened, which may be before it was written. */
  readonly at: string;
  readonly run: string;
  /** `started`, `took over`, `decided`, `approved`, `rejected`, `paused`, `resumed`, `stopped`, `ended`. */
  readonly what: string;
  readonly by: string;
  /** How it is known who that was. */
  readonly who?: Who | undefined;
  readonly reason?: string | undefined;
  /** The id of the line that it was about. */
  readonly step?: string | undefined;
  /** The run that had the target, and ended without releasing it. */
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
  if (isNew) ensurePrivate(state);
  const fd = openSync(file, 'a+', 0o600);
  try {
    const tail = tailOf(fd);
    const known = new Set([...tail.split('\n'), ...linesBefore(state, tail)]);
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

/**
 * Begins a new file when this one has `bytes` bytes, or begins in another year than the stamp's. Whoever has it open
 * meanwhile writes his lines into it under its new name, so it is never compressed or removed. Answers that name.
 */
export function rotateAudit(
  { state }: Pick<Target, 'state'>,
  stamp: Stamp,
  bytes: number,
): string | undefined {
  const file = join(state, 'audit.jsonl');
  const rotated = join(state, `audit-${stamp}.jsonl`);
  // The year's first run, tried again, finds a new file of the new year; a full one may be full again.
  if (!existsSync(file) || existsSync(rotated)) return undefined;
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    const head = Buffer.alloc(Math.min(size, 4096));
    readSync(fd, head, 0, head.length, 0);
    const year = /^\{"at":"(\d{4})-/.exec(head.toString())?.[1];
    if (size < bytes && (year === undefined || year === stamp.slice(0, 4))) return undefined;
  } finally {
    closeSync(fd);
  }
  renameSync(file, rotated);
  syncDirectory(state);
  return rotated;
}

/** A retried event may have been written before the file was begun anew. */
function linesBefore(state: string, tail: string): string[] {
  if (tail.length >= TAIL_BYTES / 2) return [];
  const names = readdirSync(state).filter((name) => /^audit-\d{8}_\d{6}\.jsonl$/.test(name));
  const newest = names.toSorted().at(-1);
  if (newest === undefined) return [];
  const fd = openSync(join(state, newest), 'r');
  try {
    return tailOf(fd).split('\n');
  } finally {
    closeSync(fd);
  }
}

function tailOf(fd: number): string {
  const { size } = fstatSync(fd);
  const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
  const length = readSync(fd, tail, 0, tail.length, size - tail.length);
  return tail.toString('utf8', 0, length);
}
