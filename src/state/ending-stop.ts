import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../config/schema/target.ts';
import { syncDirectory, writeDurably } from '../os/files/durable-files.ts';
import { inMilliseconds } from '../config/time/duration.ts';
import { type Stopped, StopRecord, stoppedOf, writeStopped } from './stopped.ts';

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

type Place = Pick<Target, 'name' | 'state'>;

/** Missing: nobody has asked it to end, or it has not obeyed in time. One that cannot be read is none: its end is a fault then. */
export function readEndingStop({ state }: Place, now = Date.now()): EndingStop | undefined {
  try {
    const ending = EndingStop.parse(JSON.parse(readFileSync(fileIn(state), 'utf8')));
    const age = now - Date.parse(ending.since);
    return age < OBEYED_WITHIN ? ending : undefined;
  } catch {
    return undefined;
  }
}

export function writeEndingStop({ state }: Place, ending: EndingStop): void {
  mkdirSync(state, { recursive: true });
  writeDurably(fileIn(state), `${JSON.stringify(EndingStop.parse(ending))}\n`);
}

export function removeEndingStop({ state }: Place): void {
  rmSync(fileIn(state), { force: true });
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

function fileIn(state: string): string {
  return join(state, 'ending.json');
}
