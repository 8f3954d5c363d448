import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { groupMemory } from '../../../src/activities/host/cgroup.ts';
import { memory } from '../../../src/activities/host/memory.ts';
import { test } from '../../support/target.ts';

const MIB = 2 ** 20;
const NONE = '9223372036854771712';

/** Recorded from machines of either version: files below a root of our own. */
describe('groupMemory', () => {
  test('reads version 2, with the lowest limit of all groups above', ({ directory }) => {
    lay(directory, {
      'proc/7/cgroup': '0::/system.slice/docker-1f.scope\n',
      'sys/fs/cgroup/system.slice/memory.max': `${80 * MIB}\n`,
      'sys/fs/cgroup/system.slice/memory.current': `${60 * MIB}\n`,
      'sys/fs/cgroup/system.slice/memory.stat': `anon 1\ninactive_file ${20 * MIB}\n`,
      'sys/fs/cgroup/system.slice/docker-1f.scope/memory.max': 'max\n',
      'sys/fs/cgroup/system.slice/docker-1f.scope/memory.current': '4096\n',
      'sys/fs/cgroup/system.slice/docker-1f.scope/memory.events': 'low 0\noom 3\noom_kill 2\n',
    });

    expect(groupMemory(7, directory)).toEqual({
      version: 2,
      limit: 80 * MIB,
      used: 40 * MIB,
      kills: 2,
    });
  });

  test('reads version 1 on a hybrid machine, where version 2 has no memory', ({ directory }) => {
    lay(directory, {
      'proc/7/cgroup': '12:cpu,cpuacct:/docker/1f\n4:memory:/docker/1f\n0::/docker/1f\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': NONE,
      'sys/fs/cgroup/memory/docker/memory.limit_in_bytes': NONE,
      'sys/fs/cgroup/memory/docker/1f/memory.limit_in_bytes': `${80 * MIB}`,
      'sys/fs/cgroup/memory/docker/1f/memory.usage_in_bytes': `${70 * MIB}`,
      'sys/fs/cgroup/memory/docker/1f/memory.stat': `inactive_file 1\ntotal_inactive_file ${10 * MIB}\n`,
      'sys/fs/cgroup/memory/docker/1f/memory.oom_control':
        'oom_kill_disable 0\nunder_oom 0\noom_kill 1\n',
    });

    expect(groupMemory(7, directory)).toEqual({
      version: 1,
      limit: 80 * MIB,
      used: 60 * MIB,
      kills: 1,
    });
  });

  test('finds its own group at the root inside of a container, whatever its name outside', ({
    directory,
  }) => {
    lay(directory, {
      'proc/self/cgroup': '4:memory:/docker/1f\n',
      'proc/meminfo': 'MemTotal: 1000000 kB\nMemAvailable: 900000 kB\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': `${100 * MIB}`,
      'sys/fs/cgroup/memory/memory.usage_in_bytes': `${30 * MIB}`,
    });

    expect(groupMemory('self', directory)).toMatchObject({ version: 1, limit: 100 * MIB });
    expect(memory(directory)).toEqual({ bytes: 100 * MIB, available: 70 * MIB });
  });

  test('is none without a limit, or without cgroups', ({ directory }) => {
    lay(directory, {
      'proc/7/cgroup': '0::/\n',
      'proc/meminfo': 'MemTotal: 1000 kB\nMemAvailable: 600 kB\n',
      'sys/fs/cgroup/memory.current': '1\n',
    });

    expect(groupMemory(7, directory)).toBeUndefined();
    expect(groupMemory(8, directory)).toBeUndefined();
    expect(memory(directory)).toEqual({ bytes: 1000 * 1024, available: 600 * 1024 });
  });
});

function lay(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(root, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
