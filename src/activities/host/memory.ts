import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { groupMemory } from './cgroup.ts';
import { figureIn, readOr } from './read-figure.ts';

export interface Memory {
  readonly bytes: number;
  /** What programs can still get without swapping: what caches hold can be had back. */
  readonly available: number;
}

/** Of the container that we run in, when it has a limit below the host's. */
export function memory(root = '/'): Memory {
  const host = hostMemory(root);
  const group = groupMemory('self', root);
  if (!group || group.limit >= host.bytes) return host;
  const { limit, used } = group;
  return { bytes: limit, available: Math.max(0, Math.min(host.available, limit - used)) };
}

/** See proc_meminfo(5). Without /proc, what caches hold counts as used. */
export function hostMemory(root = '/'): Memory {
  const text = readOr(join(root, 'proc/meminfo'));
  const total = figureIn(text, /^MemTotal:\s+(\d+) kB$/m);
  const available = figureIn(text, /^MemAvailable:\s+(\d+) kB$/m);
  if (total === undefined || available === undefined)
    return { bytes: totalmem(), available: freemem() };
  return { bytes: total * 1024, available: available * 1024 };
}
