import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { Limits } from '../../compose/compare/limits.ts';
import type { Unit } from '../unit.ts';

/** What systemd lets a unit use. */
export function limitsOfUnit({ raw }: Unit): Limits {
  const memory = Number(raw.get('MemoryMax')?.[0]);
  const processors = cpusIn(raw.get('CPUQuotaPerSecUSec')?.[0] ?? 'infinity');
  return {
    ...(memory > 0 && Number.isFinite(memory) && { memory }),
    ...(processors !== undefined && { cpus: processors }),
  };
}

/** As `set-property` takes them: what is not there has no limit. */
export function asProperties({ memory, cpus: processors }: Limits): {
  memory: string;
  cpus: string;
} {
  return {
    memory: memory === undefined ? 'infinity' : String(memory),
    cpus: processors === undefined ? '' : `${Math.round(processors * 100)}%`,
  };
}

export const machine = { memory: totalmem(), cpus: cpus().length };

/** `500ms` of a second is half a processor, `1.500000s` one and a half, `1min` sixty. */
function cpusIn(text: string): number | undefined {
  const parts = [...text.matchAll(/([\d.]+)(us|ms|s|min|h)(?![a-z])/g)];
  if (parts.length === 0) return undefined;
  const seconds = parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * SECONDS[unit!]!,
    0,
  );
  return Math.round(seconds * 100) / 100;
}

const SECONDS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600 };

/** What its kernel holds the unit to, in bytes; undefined: it cannot be seen, as where systemd may not limit memory. */
export function kernelLimit({ group }: Pick<Unit, 'group'>): number | undefined {
  const files = [
    `/sys/fs/cgroup${group}/memory.max`,
    `/sys/fs/cgroup/memory${group}/memory.limit_in_bytes`,
  ];
  for (const file of group === '' ? [] : files)
    try {
      const text = readFileSync(file, 'utf8').trim();
      return text === 'max' ? Number.POSITIVE_INFINITY : Number(text);
    } catch {
      // It is of the other version.
    }
  return undefined;
}
