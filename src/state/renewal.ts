import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../config/schema/target.ts';
import { writeDurably } from '../os/files/durable-files.ts';
import { ensurePrivate } from '../os/files/ensure-private.ts';

/** After this long what a container was made of is somebody else's doing, too. */
const DUE_FOR = 24 * 60 * 60_000;

const Renewal = z.object({
  /** ISO 8601, UTC. */
  at: z.iso.datetime(),
  /** Services whose containers were made anew since. */
  done: z.array(z.string()),
});
type Renewal = z.infer<typeof Renewal>;

type Place = Pick<Target, 'state'>;

/**
 * Says that a run has changed, on purpose, what containers are made of: the next start of each service makes its container anew.
 * Written before the first change, so a crash in between costs a container at most, and never leaves an old one on new files.
 */
export function noteRenewal(place: Place): void {
  write(place, { at: new Date().toISOString(), done: [] });
}

/** Whether there may be a service whose container is to be made anew. */
export function hasRenewal(place: Place): boolean {
  return isDue(read(place));
}

export function isRenewalDue(place: Place, service: string): boolean {
  const renewal = read(place);
  return isDue(renewal) && !renewal.done.includes(service);
}

export function noteRenewed(place: Place, services: readonly string[]): void {
  const renewal = read(place);
  if (renewal) write(place, { ...renewal, done: [...new Set([...renewal.done, ...services])] });
}

function isDue(renewal: Renewal | undefined): renewal is Renewal {
  return renewal !== undefined && Date.now() - Date.parse(renewal.at) < DUE_FOR;
}

function write({ state }: Place, renewal: Renewal): void {
  ensurePrivate(state);
  writeDurably(fileIn(state), `${JSON.stringify(renewal)}\n`);
}

/** One that cannot be read is none: then containers stay as they are, which harms nobody. */
function read({ state }: Place): Renewal | undefined {
  try {
    return Renewal.parse(JSON.parse(readFileSync(fileIn(state), 'utf8')));
  } catch {
    return undefined;
  }
}

function fileIn(state: string): string {
  return join(state, 'renewal.json');
}
