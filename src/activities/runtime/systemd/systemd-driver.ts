import { setTimeout as sleep } from 'node:timers/promises';
import type { SystemdRuntime } from '../../../config/schema/runtime.ts';
import type { Target } from '../../../config/schema/target.ts';
import { passing, permanent } from '../../../os/failure.ts';
import type { Driver } from '../driver.ts';
import { goingDownWith, readHeld } from './held-units.ts';
import { lastEntries } from './journal.ts';
import { giveBackHeld, startUnit, staleText } from './start-unit.ts';
import { stopUnit } from './stop-unit.ts';
import { systemctl } from './systemctl.ts';
import { knownUnit, type Unit } from './unit.ts';
import { processesOf } from './unit-processes.ts';
import { isUp, runs, stateText } from './unit-state.ts';

const FREEZE_TIMEOUT = 5000;

/** A service of the host's systemd, which starts it again when it ends, when the machine starts, or when a socket is asked. */
export function systemdDriver(target: Target, runtime: SystemdRuntime): Driver {
  const name = runtime.unit;

  return {
    async describe() {
      const unit = await knownUnit(name);
      const running = runs(unit);
      return {
        running,
        ...(!running && isUp(unit) && { restarting: true }),
        ...startsAgainText(unit, readHeld(target).triggers),
        detail: [stateText(unit), ...(await aroundText(unit)), ...staleText(unit)].join('. '),
      };
    },

    async start() {
      const notes = await startUnit(target, name);
      return notes.length > 0 ? { note: notes.join('. ') } : {};
    },

    async stop({ gently = false } = {}) {
      await stopUnit(target, runtime, gently);
    },

    /** By STOP, and not by systemd's freezer: that is not there everywhere, and nobody but systemd sees or ends it. */
    async freeze() {
      const end = performance.now() + FREEZE_TIMEOUT;
      for (;;) {
        const unit = await knownUnit(name);
        if (!isUp(unit)) return;
        if (unit.hasWatchdog)
          throw permanent(
            'FreezeHangs',
            `Unit "${name}" has a watchdog (WatchdogSec): systemd kills what is held still. Try: stop it`,
          );
        await systemctl(['kill', '--signal=SIGSTOP', '--', name]).catch(() => undefined);
        const members = processesOf(await knownUnit(name));
        // T is stopped.
        const busy = members.filter(({ state }) => !/[Tt]/.test(state));
        if (members.length > 0 && busy.length === 0) return;
        if (performance.now() >= end)
          throw passing(
            'FreezeHangs',
            `Cannot hold unit "${name}" still: ${stateText(unit)}; processes ${busy.map(({ pid, state }) => `${pid} (${state})`).join(', ') || 'none'}`,
          );
        await sleep(20);
      }
    },

    async thaw() {
      const unit = await knownUnit(name);
      if (!isUp(unit)) return;
      if (!['', 'running'].includes(unit.freezer)) await systemctl(['thaw', '--', name]);
      // One that ends just now has nothing to go on with.
      await systemctl(['kill', '--signal=SIGCONT', '--', name]).catch(() => undefined);
      if (runs(unit)) await giveBackHeld(target);
    },

    async logs(lines) {
      return lastEntries(name, lines);
    },

    async startedAtBootBy() {
      return startedAtBootText(await knownUnit(name), readHeld(target).triggers);
    },

    async pids() {
      return processesOf(await knownUnit(name)).map(({ pid }) => pid);
    },
  };

  /** What else a stop and a start touch. */
  async function aroundText(unit: Unit): Promise<string[]> {
    const { triggers, along } = await goingDownWith(unit);
    const held = readHeld(target);
    const away = [...held.triggers, ...held.along].filter(
      (one) => !triggers.includes(one) && !along.includes(one),
    );
    return [
      ...(along.length > 0 ? [`systemd stops along with it: ${along.join(', ')}`] : []),
      ...(triggers.length > 0 ? [`It is started by: ${triggers.join(', ')}`] : []),
      ...(away.length > 0
        ? [`Held since its stop, until it is started by a run: ${away.join(', ')}`]
        : []),
    ];
  }
}

/** By what systemd starts it with the machine, as text. Undefined: it does not. */
function startedAtBootText(
  { name, fileState, triggeredBy, wantedBy }: Unit,
  held: readonly string[],
): string | undefined {
  if (fileState.startsWith('enabled')) return `systemd, because unit "${name}" is enabled`;
  const others = [...triggeredBy, ...held, ...wantedBy].filter((one) => one !== '');
  return others.length > 0 ? `systemd, with ${[...new Set(others)].join(', ')}` : undefined;
}

/** A stop holds until the machine starts anew; who triggers it is held by our stop, and comes back then, too. */
export function startsAgainText(
  unit: Unit,
  held: readonly string[],
): { readonly startsAgain?: string } {
  const { name, fileState } = unit;
  // systemd forgets who triggers it once that is stopped.
  const triggeredBy = [...new Set([...unit.triggeredBy, ...held])];
  if (fileState.startsWith('enabled'))
    return {
      startsAgain: `Unit "${name}" is enabled: systemd starts it again, also after a stop on purpose, when this machine starts anew. "systemctl disable ${name}" keeps it from that`,
    };
  if (triggeredBy.length > 0)
    return {
      startsAgain: `Unit "${name}" is started by ${triggeredBy.join(', ')}, which our stop holds: not when somebody starts these, or this machine starts anew`,
    };
  if (unit.wantedBy.some((one) => one !== ''))
    return {
      startsAgain: `systemd starts unit "${name}" again together with ${unit.wantedBy.join(', ')}`,
    };
  return {};
}
