import { basename } from 'node:path';
import type { Runtime, Target } from '../../../config/schema/target.ts';
import { listeningPorts } from '../../../os/process/listening-ports.ts';
import { memoryOf } from '../../../os/process/memory-of.ts';
import type { Instances } from '../instance.ts';
import { processRecord } from './process-record.ts';

type ProcessRuntime = Extract<Runtime, { kind: 'process' }>;

/** The application's process with its group. Nobody but its runtime starts it, so that it has no count of restarts. */
export async function processInstances(
  target: Pick<Target, 'state'>,
  { command }: ProcessRuntime,
): Promise<Instances> {
  const found = await processRecord(target).find();
  const facts = {
    service: 'application',
    isApplication: true,
    // Arguments may hold secrets.
    name: basename(command[0]!),
  };
  if (!found)
    return {
      instances: [{ ...facts, state: 'not running', running: false, ports: [] }],
      notes: [],
    };
  const { members, pid, startedAt } = found;
  const pids = members.map((member) => member.pid);
  const memory = memoryOf(pids);
  const others = pids.length - 1;
  // T is stopped.
  const isHeld = members.every(({ state }) => /[Tt]/.test(state));
  const instance = {
    ...facts,
    state: isHeld ? 'held still' : 'running',
    running: true,
    pid: pids.includes(pid) ? pid : pids[0]!,
    ...(startedAt !== undefined && { since: startedAt }),
    ports: listeningPorts(pids),
    ...(memory !== undefined && { memory }),
  };
  return {
    instances: [instance],
    notes: others === 0 ? [] : [`Its group has ${others} more: ${pids.slice(1).join(', ')}`],
  };
}
