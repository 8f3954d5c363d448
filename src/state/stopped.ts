import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../config/schema/target.ts';
import { syncDirectory, writeDurably } from '../os/files/durable-files.ts';

/** An application that somebody has stopped on purpose. */
export const StopRecord = z.object({
  by: z.string(),
  because: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
  /** ISO 8601, UTC. From then on it may be started by whatever starts it. Missing: until a person starts it. */
  until: z.iso.datetime().optional(),
  /** The run that stopped it. */
  run: z.string(),
});
export type StopRecord = Readonly<z.infer<typeof StopRecord>>;

/** `note`: one sentence for whoever finds the application down. */
export type Stopped = StopRecord & { readonly note: string };

type Place = Pick<Target, 'name' | 'state'>;

/**
 * Missing: nobody has stopped it on purpose, or the time for that is over. It is true while the application is down: one that
 * runs all the same was started by somebody since, and `runtime` removes the record as soon as it sees that.
 *
 * A record that cannot be read counts, too: nobody may think then that the application can be started.
 */
export function readStopped(target: Place, now = Date.now()): Stopped | undefined {
  const record = recordIn(fileIn(target));
  return record && stoppedOf(target, record, now);
}

/** What such a record says. */
export function stoppedOf(
  target: Place,
  record: StopRecord,
  now = Date.now(),
): Stopped | undefined {
  if (record.until !== undefined && Date.parse(record.until) <= now) return undefined;
  return { ...record, note: noteOf(target, record) };
}

export function writeStopped(target: Place, record: StopRecord): void {
  mkdirSync(target.state, { recursive: true });
  writeDurably(fileIn(target), `${JSON.stringify(StopRecord.parse(record))}\n`);
}

/** Answers whether there was one, in force or not. */
export function removeStopped(target: Place): boolean {
  const file = fileIn(target);
  const there = statSync(file, { throwIfNoEntry: false }) !== undefined;
  if (!there) return false;
  rmSync(file, { force: true });
  syncDirectory(target.state);
  return true;
}

function recordIn(file: string): StopRecord | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as { code?: string };
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : unreadable(file);
  }
  try {
    return StopRecord.parse(JSON.parse(text));
  } catch {
    return unreadable(file);
  }
}

function unreadable(file: string): StopRecord {
  const at = statSync(file, { throwIfNoEntry: false })?.mtime ?? new Date();
  return {
    by: 'somebody',
    because: `"${file}" says so, and cannot be read`,
    at: at.toISOString(),
    run: '',
  };
}

function noteOf({ name }: Place, { by, because, at, until }: StopRecord): string {
  const end = until === undefined ? '' : ` until ${until}`;
  return `Stopped on purpose by ${by} at ${at}${end} because ${because}: runbook start start-application -t ${name}`;
}

function fileIn({ state }: Place): string {
  return join(state, 'stopped.json');
}
