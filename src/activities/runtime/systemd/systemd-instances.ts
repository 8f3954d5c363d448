import type { SystemdRuntime } from '../../../config/schema/runtime.ts';
import type { Target } from '../../../config/schema/target.ts';
import { listeningPorts } from '../../../os/process/listening-ports.ts';
import { memoryOf } from '../../../os/process/memory-of.ts';
import type { Instance, Instances } from '../instance.ts';
import { readHeld } from './held-units.ts';
import { staleText } from './start-unit.ts';
import { readUnit, type Unit } from './unit.ts';
import { processesOf } from './unit-processes.ts';
import { isUp, restartsAgain, runs, stateText } from './unit-state.ts';

/** The unit, and those that start it or are stopped along with it. */
export async function systemdInstances(
  target: Pick<Target, 'state'>,
  { unit: name }: SystemdRuntime,
): Promise<Instances> {
  const unit = await readUnit(name);
  const around = [...unit.triggeredBy, ...unit.stopsAlong].filter(
    (one) => !one.endsWith('.target'),
  );
  const others = await Promise.all([...new Set(around)].slice(0, 50).map(readUnit));
  const { triggers, along } = readHeld(target);
  const held = [...triggers, ...along];
  return {
    instances: [unit, ...others].map((one) => instanceOf(one, name)),
    notes: [
      ...staleText(unit),
      ...(held.length > 0
        ? [`Held since its stop, until a run starts it: ${held.join(', ')}`]
        : []),
    ],
  };
}

function instanceOf(unit: Unit, application: string): Instance {
  const members = processesOf(unit);
  const pids = members.map(({ pid }) => pid);
  const memory = memoryOf(pids);
  const isApplication = unit.name === application;
  const [pid] = pids.includes(unit.mainPid) ? [unit.mainPid] : pids;
  return {
    service: isApplication ? 'application' : unit.name,
    isApplication,
    name: unit.name,
    state: stateOf(unit, members.length > 0 && members.every(({ state }) => /[Tt]/.test(state))),
    running: isApplication ? runs(unit) : isUp(unit),
    ...(pid !== undefined && { pid }),
    ...(isUp(unit) &&
      unit.activeSince !== undefined && { since: new Date(unit.activeSince).toISOString() }),
    restarts: unit.restarts,
    ports: listeningPorts(pids),
    ...(memory !== undefined && { memory }),
  };
}

/** In a word where it runs: pid and start have columns of their own. */
function stateOf(unit: Unit, isHeld: boolean): string {
  if (!isUp(unit) || restartsAgain(unit)) return stateText(unit);
  return isHeld ? 'held still' : unit.sub;
}
