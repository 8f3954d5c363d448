import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import { permanent } from '../../os/failure.ts';
import { writeDurably } from '../../os/files/durable-files.ts';
import { bootId } from '../../os/process/boot-id.ts';
import { driverFor } from './driver-for.ts';
import { ensurePrivate } from '../../os/files/ensure-private.ts';

type Place = Pick<Target, 'state'>;

/**
 * Written before the application is started: on whose behalf, since which start of the machine, and whose stop on purpose is over by
 * that. A try after a crash answers the same stop.
 */
export function recordStart(
  { state }: Place,
  run: string | undefined,
  endedStop?: string,
): { readonly endedStop?: string } {
  const boot = bootId();
  const before = readRecord({ state });
  const known = before?.run === run ? before?.endedStop : undefined;
  const over = endedStop ?? (typeof known === 'string' ? known : undefined);
  const ended = over === undefined ? {} : { endedStop: over };
  ensurePrivate(state);
  writeDurably(fileIn(state), `${JSON.stringify({ run, boot, ...ended })}\n`);
  return ended;
}

/** Whoever stops it has no need of it any more. */
export function forgetStart({ state }: Place): void {
  rmSync(fileIn(state), { force: true });
}

/**
 * Demands that what this run has started has not ended with the machine it ran on: it says nothing about the application, and
 * is put right by starting it again. Error: `MachineRestarted`.
 */
export async function expectNotLost(target: Target, run: string): Promise<void> {
  const record = readRecord(target);
  if (record?.run !== run || record.boot === undefined || record.boot === bootId()) return;
  if ((await driverFor(target).describe()).running) return;
  throw permanent(
    'MachineRestarted',
    'This machine started anew after the application was started, which does not run since',
  );
}

/** Whether it was this run that has started what runs. */
export function isStartOf(place: Place, run: string): boolean {
  return readRecord(place)?.run === run;
}

/** The start of the machine in which it was started last. Undefined: it was stopped since, or nobody knows. */
export function bootOfStart(place: Place): string | undefined {
  const boot = readRecord(place)?.boot;
  return typeof boot === 'string' ? boot : undefined;
}

/** One that cannot be read says nothing. */
function readRecord({
  state,
}: Place): { run?: unknown; boot?: unknown; endedStop?: unknown } | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(fileIn(state), 'utf8'));
    return typeof record === 'object' && record !== null ? record : undefined;
  } catch {
    return undefined;
  }
}

function fileIn(state: string): string {
  return join(state, 'started.json');
}
