import { z } from 'zod';
import { passing, permanent } from '../../../../os/failure.ts';
import type { InspectedContainer } from '../compare/inspected.ts';
import type { Limits } from '../compare/limits.ts';
import { docker } from '../docker.ts';
import { CHECK_TIMEOUT } from '../project.ts';

const Machine = z.object({
  MemTotal: z.number().positive(),
  NCPU: z.number().positive(),
  MemoryLimit: z.boolean().default(true),
  CpuCfsQuota: z.boolean().default(true),
});

/** The one that Docker runs on. */
export interface Machine {
  /** In bytes. */
  readonly memory: number;
  readonly cpus: number;
}

/** Error: `NotApplicable`, where its kernel limits nothing. */
export async function machineOfDocker(): Promise<Machine> {
  const text = await docker(['info', '--format', '{{json .}}'], { timeout: CHECK_TIMEOUT });
  const found = Machine.safeParse(JSON.parse(text));
  if (!found.success)
    throw passing('CommandFailed', '"docker info" answered what cannot be understood');
  const { MemTotal: memory, NCPU: cpus, MemoryLimit, CpuCfsQuota } = found.data;
  if (!MemoryLimit || !CpuCfsQuota)
    throw permanent('NotApplicable', "The kernel of Docker's machine cannot limit containers");
  return { memory, cpus };
}

/** As Docker keeps it. 0 is no limit. */
export interface LiveLimits {
  readonly memory: number;
  /** Memory and swap together; -1 is no limit. */
  readonly swap: number;
  readonly nanoCpus: number;
}

export function liveLimitsOf({ HostConfig }: InspectedContainer): LiveLimits {
  const { Memory: memory, MemorySwap: swap, NanoCpus: nanoCpus } = HostConfig;
  return { memory, swap, nanoCpus };
}

/** These instead of those that it has. What is not said stays. */
export function liveLimits(limits: Limits, before: LiveLimits): LiveLimits {
  const { memory, cpus } = limits;
  return {
    ...before,
    ...(memory !== undefined && { memory, swap: swapFor(memory, before) }),
    ...(cpus !== undefined && { nanoCpus: Math.round(cpus * 1e9) }),
  };
}

/** As much swap beside it as before. As much as memory is Docker's own choice, and grows with it. */
function swapFor(memory: number, before: LiveLimits): number {
  if (before.swap === -1) return -1;
  const own = before.memory > 0 && before.swap >= before.memory;
  return own && before.swap !== 2 * before.memory
    ? memory + before.swap - before.memory
    : 2 * memory;
}

/**
 * Gives a container these limits, while it runs or not. Docker takes no limit away from one that is there: it gets all that the machine
 * has. Answers whether anything was changed.
 */
export async function giveLimits(
  container: InspectedContainer,
  wanted: LiveLimits,
  machine: Machine,
): Promise<boolean> {
  const has = liveLimitsOf(container);
  const memory = wanted.memory || (has.memory && machine.memory);
  const swap = wanted.memory ? wanted.swap : 2 * memory;
  const nanoCpus = wanted.nanoCpus || (has.nanoCpus && machine.cpus * 1e9);
  const flags = [
    ...(memory === has.memory ? [] : ['--memory', String(memory), '--memory-swap', String(swap)]),
    ...(nanoCpus === has.nanoCpus ? [] : ['--cpus', String(nanoCpus / 1e9)]),
  ];
  if (flags.length === 0) return false;
  await docker(['update', ...flags, container.Id], { timeout: CHECK_TIMEOUT });
  return true;
}
