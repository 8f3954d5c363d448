import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from '../../../config/schema/target.ts';
import type { SystemdRuntime } from '../../../config/schema/runtime.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { passing } from '../../../os/failure.ts';
import { goingDownWith, noteHeld } from './held-units.ts';
import { systemctl } from './systemctl.ts';
import { knownUnit, type Unit } from './unit.ts';
import { processesOf } from './unit-processes.ts';
import { isUp, stateText } from './unit-state.ts';

/** The kernel ends what got KILL as soon as it leaves the kernel: this long means a hanging disk. */
const KILL_TIMEOUT = 5000;
const PAUSE = 50;

/** Stops a unit, and what would start it again by itself. What that was, is on record first. Error: `StopHangs`. */
export async function stopUnit(
  place: Pick<Target, 'state'>,
  { unit: name, stopGrace }: SystemdRuntime,
  gently: boolean,
): Promise<void> {
  const unit = await knownUnit(name);
  const held = await goingDownWith(unit);
  noteHeld(place, held);
  // Else the next connection, or the next second, starts it while it is down.
  if (held.triggers.length > 0) await systemctl(['stop', '--', ...held.triggers]);
  // systemd cannot stop what its freezer holds.
  if (!['', 'running'].includes(unit.freezer)) await systemctl(['thaw', '--', name]);
  const grace = inMilliseconds(stopGrace);
  if (gently && isPatient(unit)) await askToEnd(name, grace);
  await systemctl(['stop', '--no-block', '--', name]);
  await gone(name, grace);
  const rest = await knownUnit(name);
  if (!isOver(rest) && !gently) {
    await systemctl(['kill', '--signal=SIGKILL', '--', name]).catch(() => undefined);
    endLeftOver(rest);
    await gone(name, KILL_TIMEOUT);
  }
  expectGone(await knownUnit(name), gently);
}

/**
 * Whether it can be asked to end without that systemd kills it later, which cannot be taken back: by TERM alone. One whose end is a
 * command of its own needs that.
 */
function isPatient({ hasStopCommand, mainPid, active }: Unit): boolean {
  return active === 'active' && mainPid > 0 && !hasStopCommand;
}

/** As systemd would: TERM to all of it, or to its first process alone, and CONT for whoever is held still. Error: `StopHangs`. */
async function askToEnd(name: string, grace: number): Promise<void> {
  const before = await knownUnit(name);
  const whom = before.killMode === 'control-group' ? [] : ['--kill-who=main'];
  for (const signal of ['SIGTERM', 'SIGCONT'])
    await systemctl(['kill', `--signal=${signal}`, ...whom, '--', name]).catch(() => undefined);
  const end = performance.now() + grace;
  for (;;) {
    const { mainPid } = await knownUnit(name);
    // Gone, or started again by systemd: an order to stop ends that.
    if (mainPid !== before.mainPid) return;
    if (performance.now() >= end) return expectGone(await knownUnit(name), true);
    await sleep(PAUSE);
  }
}

async function gone(name: string, timeout: number): Promise<void> {
  const end = performance.now() + timeout;
  while (!isOver(await knownUnit(name)) && performance.now() < end) await sleep(PAUSE);
}

/** With `KillMode=process` systemd takes a unit for stopped whose children live on, and have its database open. */
function isOver(unit: Unit): boolean {
  return !isUp(unit) && processesOf(unit).length === 0;
}

function endLeftOver(unit: Unit): void {
  if (isUp(unit)) return;
  for (const { pid } of processesOf(unit))
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself, or is not ours to end: who waits for its end will see.
    }
}

function expectGone(unit: Unit, gently: boolean): void {
  if (isOver(unit)) return;
  const left = processesOf(unit).map(({ pid, state }) => `${pid} (${state})`);
  const kills = gently && unit.active === 'deactivating' && unit.stopTimeout !== 'infinity';
  throw passing(
    'StopHangs',
    [
      `Cannot end unit "${unit.name}": ${stateText(unit)}`,
      ...(left.length > 0 ? [`processes ${left.join(', ')}`] : []),
      ...(kills
        ? [`systemd kills it ${unit.stopTimeout} after it was asked, by its TimeoutStopSec`]
        : []),
    ].join('; '),
  );
}
