import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { figureIn, readOr } from './read-figure.ts';

/** What a control group says of the memory of the processes in it. Bytes. */
export interface GroupMemory {
  readonly version: 1 | 2;
  /** The lowest of its own and those above it. */
  readonly limit: number;
  /** Without what caches hold and give back first. */
  readonly used: number;
  /** How often the kernel has ended a process in it for lack of memory. Missing: it does not count. */
  readonly kills?: number;
}

interface Names {
  readonly limit: string;
  readonly used: string;
  readonly cached: RegExp;
  readonly events: string;
}

const names: Readonly<Record<1 | 2, Names>> = {
  1: {
    limit: 'memory.limit_in_bytes',
    used: 'memory.usage_in_bytes',
    cached: /^total_inactive_file (\d+)$/m,
    events: 'memory.oom_control',
  },
  2: {
    limit: 'memory.max',
    used: 'memory.current',
    cached: /^inactive_file (\d+)$/m,
    events: 'memory.events',
  },
};

/**
 * The memory of the group in which a process is, in either version of cgroups: a hybrid machine has its memory in version 1. Undefined: it is in
 * none with a limit. `root` is where /proc and /sys are.
 */
export function groupMemory(pid: number | 'self', root = '/'): GroupMemory | undefined {
  const place = placeOf(pid, root);
  if (!place) return undefined;
  const { version, mount, directory } = place;
  const { limit: limitName, used, cached, events } = names[version];
  let holder: { readonly at: string; readonly limit: number } | undefined;
  // A limit above holds below, too, and what is used of it is used there.
  for (let at = directory; ; at = dirname(at)) {
    const limit = numberIn(join(at, limitName));
    if (limit !== undefined && limit > 0 && (!holder || limit < holder.limit))
      holder = { at, limit };
    if (at === mount || at.length < mount.length) break;
  }
  if (!holder || holder.limit >= UNLIMITED) return undefined;
  const inUse = numberIn(join(holder.at, used));
  if (inUse === undefined) return undefined;
  const given = figureIn(readOr(join(holder.at, 'memory.stat')), cached) ?? 0;
  const kills = figureIn(readOr(join(directory, events)), /^oom_kill (\d+)$/m);
  return {
    version,
    limit: holder.limit,
    used: Math.max(0, inUse - given),
    ...(kills !== undefined && { kills }),
  };
}

/** Version 1 says 2^63 less a page for none. */
const UNLIMITED = 2 ** 62;

/** See cgroups(7): `4:memory:/docker/1f..` of version 1, `0::/system.slice/x.service` of version 2. */
function placeOf(pid: number | 'self', root: string) {
  const lines = readOr(join(root, `proc/${pid}/cgroup`)).split('\n');
  for (const line of lines) {
    const [id, controllers = '', ...path] = line.split(':');
    const version = controllers.split(',').includes('memory') ? 1 : id === '0' ? 2 : undefined;
    if (!version || (version === 2 && lines.some((one) => /^\d+:([^:]*,)?memory[,:]/.test(one))))
      continue;
    const mount = join(root, version === 1 ? 'sys/fs/cgroup/memory' : 'sys/fs/cgroup');
    const named = join(mount, path.join(':').replace(/^(\/\.\.)+/, ''));
    // In a container its own group is the root of what it sees, whatever name it has outside.
    const directory = existsSync(named) ? named : mount;
    return { version, mount, directory } as const;
  }
  return undefined;
}

function numberIn(file: string): number | undefined {
  const text = readOr(file).trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
