import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from '../../../config/schema/target.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { passing, permanent } from '../../../os/failure.ts';
import { redacted } from '../../../os/redacted.ts';
import { forgetHeld, forgetWhatIsBack, readHeld } from './held-units.ts';
import { lastEntries } from './journal.ts';
import { CALL_TIMEOUT, systemctl } from './systemctl.ts';
import { knownUnit, type Unit } from './unit.ts';
import { endText, runs, stateText } from './unit-state.ts';

/** A service that ends sooner has failed to start: for `Type=simple` systemd calls it started before its program is even found. */
const MIN_UPTIME = 500;
/** `Type=notify` is started when it says so: systemd waits 90 s of itself. */
const START_TIMEOUT = 180_000;
const LINES = 10;

/** Starts a unit, and gives back what was held for its stop. Answers what people should know. Errors: `StartFailed`, `NotStartable`. */
export async function startUnit(place: Pick<Target, 'state'>, name: string): Promise<string[]> {
  const before = await knownUnit(name);
  expectStartable(before);
  const notes: string[] = [];
  if (before.active === 'failed') {
    // After too many starts systemd refuses one more, whoever asks.
    await systemctl(['reset-failed', '--', name]);
    notes.push(
      `systemd had given it up (${endText(before) ?? before.result}), and was told to forget that`,
    );
  }
  // A command that has ended and still counts as active is not begun anew by a start.
  if (before.active === 'active' && before.sub === 'exited') await systemctl(['stop', '--', name]);
  const since = Date.now();
  const held = readHeld(place);
  const triggers = await startAll(timersLast(held.triggers));
  try {
    await systemctl(['start', '--', name], START_TIMEOUT);
    await sleep(MIN_UPTIME);
  } catch (error) {
    const { type } = failureOf(error);
    if (type !== 'CommandFailed') throw error;
  }
  const after = await knownUnit(name);
  if (!runs(after) || after.restarts > 0) {
    // Whatever triggers it would start it again and again.
    for (const trigger of held.triggers)
      await systemctl(['stop', '--', trigger]).catch(() => undefined);
    throw await startFailure(after, since);
  }
  const along = await startAll(held.along);
  forgetHeld(place);
  return [...notes, ...triggers, ...along, ...staleText(after)];
}

/** For one that runs: what was held for a stop that did not come about. What cannot come back now stays held, and is shown so. */
export async function giveBackHeld(place: Pick<Target, 'state'>): Promise<void> {
  const { triggers, along } = readHeld(place);
  await startAll([...timersLast(triggers), ...along]);
  await forgetWhatIsBack(place);
}

/** That its files are newer than what systemd knows of them is for people: a reload is of all units of the host. */
export function staleText({ name, isStale }: Unit): string[] {
  return isStale
    ? [
        `The files of unit "${name}" were changed since systemd has read them, and it runs by the old ones: "systemctl daemon-reload" lets them count from the next start on`,
      ]
    : [];
}

function expectStartable({ name, load, raw }: Unit): void {
  if (load === 'masked')
    throw permanent(
      'NotStartable',
      `Unit "${name}" is masked: somebody has forbidden every start of it. Try: systemctl unmask ${name}, when you know why`,
    );
  if (load !== 'loaded')
    throw permanent(
      'NotStartable',
      `systemd cannot read unit "${name}" (${load}). Try: systemd-analyze verify ${raw.get('FragmentPath')?.[0] || name}`,
    );
}

/** A timer may start the service in the same moment, and a socket is refused once its service runs. */
function timersLast(names: readonly string[]): string[] {
  return names.toSorted(
    (one, other) => Number(one.endsWith('.timer')) - Number(other.endsWith('.timer')),
  );
}

/** What cannot come back is told, and keeps the application from nothing. */
async function startAll(names: readonly string[]): Promise<string[]> {
  const notes: string[] = [];
  for (const name of names)
    try {
      await systemctl(['start', '--', name], CALL_TIMEOUT);
      notes.push(`"${name}" was held meanwhile, and is back`);
    } catch (error) {
      notes.push(
        `"${name}" was held meanwhile, and does not come back: ${failureOf(error).message}`,
      );
    }
  return notes;
}

async function startFailure(unit: Unit, since: number) {
  const lines = await lastEntries(unit.name, LINES, since).catch(() => []);
  const printed =
    lines.length > 0 ? `its last lines: ${lines.join('\n')}` : 'its journal has nothing';
  const how = endText(unit);
  return passing(
    'StartFailed',
    redacted(
      `Unit "${unit.name}" ended at once${how === undefined ? '' : ` (${how})`}: ${stateText(unit)}; ${printed}`,
    ),
  );
}
