import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../config/schema/target.ts';
import { inMilliseconds } from '../config/time/duration.ts';
import { syncDirectory, writeDurably } from '../os/files/durable-files.ts';
import { ensurePrivate } from '../os/files/ensure-private.ts';

/** An application that somebody has stopped on purpose. */
const StopRecord = z.object({
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
function stoppedOf(target: Place, record: StopRecord, now = Date.now()): Stopped | undefined {
  if (record.until !== undefined && Date.parse(record.until) <= now) return undefined;
  return { ...record, note: noteOf(target, record) };
}

export function writeStopped(target: Place, record: StopRecord): void {
  ensurePrivate(target.state);
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

/** An order to stop cannot be taken back. What has not obeyed it after so long will not, and its end then is a fault. */
const OBEYED_WITHIN = inMilliseconds('1h');

/** An application that was asked to end on purpose, and had not when its run ended: when it does, it is stopped on purpose. */
const EndingStop = z.object({
  /** ISO 8601, UTC. When its run gave up. */
  since: z.iso.datetime(),
  record: StopRecord,
  /** How alerts are held back from then on. */
  hold: z.object({ until: z.iso.datetime(), why: z.string(), tell: z.string() }),
});
export type EndingStop = Readonly<z.infer<typeof EndingStop>>;

/** Missing: nobody has asked it to end, or it has not obeyed in time. One that cannot be read is none: its end is a fault then. */
export function readEndingStop({ state }: Place, now = Date.now()): EndingStop | undefined {
  try {
    const ending = EndingStop.parse(JSON.parse(readFileSync(endingFileIn(state), 'utf8')));
    const age = now - Date.parse(ending.since);
    return age < OBEYED_WITHIN ? ending : undefined;
  } catch {
    return undefined;
  }
}

export function writeEndingStop({ state }: Place, ending: EndingStop): void {
  ensurePrivate(state);
  writeDurably(endingFileIn(state), `${JSON.stringify(EndingStop.parse(ending))}\n`);
}

export function removeEndingStop({ state }: Place): void {
  rmSync(endingFileIn(state), { force: true });
}

/** It is down: what it is by that, without writing it down. */
export function endedStop(target: Place): Stopped | undefined {
  const ending = readEndingStop(target);
  return ending && stoppedOf(target, ending.record);
}

/** It is down: from here on it is on record as stopped on purpose. */
export function settleEndingStop(target: Place): void {
  const ending = readEndingStop(target);
  if (!ending) return;
  writeStopped(target, ending.record);
  removeEndingStop(target);
  syncDirectory(target.state);
}

/** One sentence for whoever finds it running. */
export function endingText({ since, record: { by, because } }: EndingStop): string {
  return `Asked to end by ${by} because ${because}, and had not at ${since}: it may end at any moment, and is stopped on purpose then`;
}

function endingFileIn(state: string): string {
  return join(state, 'ending.json');
}
