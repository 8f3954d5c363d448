import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../../config/schema/target.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';
import { readUnit, type Unit } from './unit.ts';
import { isUp } from './unit-state.ts';

type Place = Pick<Target, 'state'>;

const Names = z.array(z.string().max(300)).max(100);
const HeldUnits = z.object({
  /** Sockets, timers and paths that would start the application: they come back before it. */
  triggers: Names,
  /** What systemd stops along with the application, and starts with it no more: they come back after it. */
  along: Names,
});
export type HeldUnits = z.infer<typeof HeldUnits>;

/** A chain of units is shorter. */
const MOST = 50;

/**
 * What runs now, and does not after a stop of the unit, unless somebody gives it back. A target of systemd is none of these: its start
 * would start all that it wants, on purpose stopped or not.
 */
export async function goingDownWith(unit: Unit): Promise<HeldUnits> {
  const triggers = await upOf(unit.triggeredBy);
  const along: Unit[] = [];
  const seen = new Set([unit.name, ...unit.triggeredBy]);
  for (let next = unit.stopsAlong; next.length > 0 && along.length < MOST;) {
    const fresh = next.filter((name) => !seen.has(name) && !name.endsWith('.target'));
    for (const name of fresh) seen.add(name);
    const found = await upOf(fresh);
    along.push(...found);
    next = found.flatMap(({ stopsAlong }) => stopsAlong);
  }
  return { triggers: triggers.map(({ name }) => name), along: along.map(({ name }) => name) };
}

async function upOf(names: readonly string[]): Promise<Unit[]> {
  const units = await Promise.all(names.slice(0, MOST).map(readUnit));
  return units.filter(isUp);
}

/** Written before the first of them is stopped. What an earlier try has held stays held. */
export function noteHeld(place: Place, { triggers, along }: HeldUnits): void {
  if (triggers.length + along.length === 0) return;
  const before = readHeld(place);
  const both = {
    triggers: [...new Set([...before.triggers, ...triggers])],
    along: [...new Set([...before.along, ...along])],
  };
  ensurePrivate(place.state);
  writeDurably(fileIn(place), `${JSON.stringify(both)}\n`);
}

/** One that cannot be read says nothing. */
export function readHeld(place: Place): HeldUnits {
  try {
    return HeldUnits.parse(JSON.parse(readFileSync(fileIn(place), 'utf8')));
  } catch {
    return { triggers: [], along: [] };
  }
}

export function forgetHeld(place: Place): void {
  rmSync(fileIn(place), { force: true });
}

/** Keeps those that have not come back: a socket is refused while its service runs, and comes with the next start. */
export async function forgetWhatIsBack(place: Place): Promise<void> {
  const { triggers, along } = readHeld(place);
  const up = (await upOf([...triggers, ...along])).map(({ name }) => name);
  const away = (names: readonly string[]) => names.filter((name) => !up.includes(name));
  forgetHeld(place);
  noteHeld(place, { triggers: away(triggers), along: away(along) });
}

function fileIn({ state }: Place): string {
  return join(state, 'held-units.json');
}
