import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect } from 'vitest';
import { disks } from '../../../src/activities/health/machine/disks.ts';
import { memory } from '../../../src/activities/health/machine/memory.ts';
import { redis } from '../../../src/activities/health/machine/redis.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { canMount, NO_DISK } from '../../support/small-disk.ts';
import { test } from '../../support/target.ts';
import { startRedis } from '../redis/support/start-redis.ts';
import { sampler } from './support/sampling.ts';

const GROUPS = '/sys/fs/cgroup/memory';
const MIB = 2 ** 20;

describe('disks', () => {
  test('of a target tell a disk that is nearly full from one without inodes, as df does', async ({
    target,
    skip,
  }) => {
    skip(!canMount, NO_DISK);
    const disk = target.backups.directory;
    const judging: SqliteTarget = {
      ...target,
      metrics: { disk: { warning: '80%', critical: '94%' } },
    };
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m,nr_inodes=200', 'tmpfs', disk]);
    try {
      const sample = sampler(judging);

      writeFileSync(join(disk, 'most'), Buffer.alloc(19 * MIB));
      const full = await sample(disks);
      const df = execFileSync('df', ['--output=pcent', disk], { encoding: 'utf8' });
      writeFileSync(join(disk, 'most'), '');
      for (let file = 0; file < 197; file += 1) writeFileSync(join(disk, `${file}`), '');
      const crowded = await sample(disks);

      expect(full[`disk.used ${disk}`]).toMatchObject({
        verdict: 'critical',
        value: 0.95,
        runbook: 'log-rotation',
      });
      expect(df).toContain('95%');
      expect(full[`disk.inodes ${disk}`]).toMatchObject({ verdict: 'ok' });
      expect(crowded[`disk.used ${disk}`]).toMatchObject({ verdict: 'ok' });
      expect(crowded[`disk.inodes ${disk}`]).toMatchObject({
        verdict: 'critical',
        note: expect.stringMatching(/^(99|100) % of its inodes used$/),
      });
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });
});

/** Waits in the group for a word, and then takes more than there is. */
const HUNGRY = `
  console.log('ready');
  process.stdin.once('data', () => {
    const all = [];
    for (;;) all.push(Buffer.alloc(10 * 1024 * 1024, 1));
  });
`;

describe('memory', () => {
  test('of a group of version 1 is told by its limit, and a killed process once', async ({
    target,
    skip,
  }) => {
    skip(!canMakeGroup(), 'this machine has no memory cgroup of version 1, or no right to it');
    const group = join(GROUPS, `runbook-${crypto.randomUUID()}`);
    mkdirSync(group);
    const put = (name: string, text: string) => writeFileSync(join(group, name), text);
    put('memory.limit_in_bytes', `${80 * MIB}`);
    // The application itself lives on, as the first process of a container does.
    const application = spawn('sleep', ['60']);
    const hungry = spawn(process.execPath, ['-e', HUNGRY]);
    try {
      await once(hungry.stdout, 'data');
      put('cgroup.procs', `${application.pid}`);
      const sample = sampler(
        { ...target, metrics: { memory: { warning: '80%', critical: '90%' } } },
        { pids: [application.pid!] },
      );

      const before = await sample(memory);
      put('cgroup.procs', `${hungry.pid}`);
      hungry.stdin.write('go');
      const [, signal] = (await once(hungry, 'exit')) as [number, string];
      const killed = await sample(memory);
      const after = await sample(memory);

      expect(signal).toBe('SIGKILL');
      expect(before['memory.container']).toMatchObject({
        verdict: 'ok',
        source: '/proc/<pid>/cgroup (version 1)',
        note: expect.stringContaining('of 80.0 MiB used'),
      });
      expect(before['memory.oomKills']).toMatchObject({ value: 0, verdict: 'ok' });
      expect(killed['memory.oomKills']).toMatchObject({ value: 1, verdict: 'warning' });
      expect(after['memory.oomKills']).toMatchObject({ value: 0, verdict: 'ok' });
    } finally {
      for (const child of [application, hungry]) child.kill('SIGKILL');
      if (application.signalCode === null) await once(application, 'exit');
      await sleep(200);
      rmdirSync(group);
    }
  });
});

describe('the end of the application itself for lack of memory', () => {
  test('is told while it is down, and also when it runs again in a group that counts from 0', async ({
    target,
    skip,
  }) => {
    skip(!canMakeGroup(), 'this machine has no memory cgroup of version 1, or no right to it');
    const group = join(GROUPS, `runbook-${crypto.randomUUID()}`);
    const started: ChildProcess[] = [];
    const pids: number[] = [];
    const start = async () => {
      mkdirSync(group);
      writeFileSync(join(group, 'memory.limit_in_bytes'), `${80 * MIB}`);
      const application = spawn(process.execPath, ['-e', HUNGRY]);
      started.push(application);
      await once(application.stdout, 'data');
      writeFileSync(join(group, 'cgroup.procs'), `${application.pid}`);
      pids.splice(0, 1, application.pid!);
      return application;
    };
    const end = async (application: Awaited<ReturnType<typeof start>>) => {
      application.stdin.write('go');
      await once(application, 'exit');
      await sleep(200);
      rmdirSync(group);
      pids.pop();
    };
    const sample = sampler(target, { pids });
    try {
      const first = await start();
      const before = await sample(memory);
      await end(first);
      const down = await sample(memory);
      const second = await start();
      const again = await sample(memory);
      // As a container that Docker starts again at once: the same group by its name.
      await end(second);
      await start();
      const restarted = await sample(memory);

      const kills = [before, down, again, restarted].map((one) => one['memory.oomKills']);
      expect(kills.map((one) => `${one?.value} ${one?.verdict}`)).toEqual([
        '0 ok',
        '1 warning',
        '0 ok',
        '1 warning',
      ]);
      expect(kills[1]!.note).toBe(
        '1 process on this machine ended for lack of memory since the last sample',
      );
    } finally {
      for (const child of started) child.kill('SIGKILL');
      await sleep(300);
      rmdirSync(group);
    }
  });
});

function canMakeGroup(): boolean {
  try {
    const own = join(GROUPS, `runbook-${process.pid}`);
    mkdirSync(own);
    const counts = readFileSync(join(own, 'memory.oom_control'), 'utf8').includes('oom_kill ');
    rmdirSync(own);
    return counts;
  } catch {
    return false;
  }
}

describe('redis', () => {
  test('that is loading its data is told as such, with how far it is', async ({
    directory,
    target,
  }) => {
    const first = await startRedis(directory);
    const client = new Redis(first.port, '127.0.0.1');
    const pipeline = client.pipeline();
    for (let key = 0; key < 2000; key += 1) pipeline.set(`t:${key}`, 'x');
    await pipeline.exec();
    await client.save();
    client.disconnect();
    await first.server.stop();
    const { server, port } = await startRedis(directory, {
      options: ['--key-load-delay', '4000', '--loading-process-events-interval-bytes', '1024'],
      sign: 'Server initialized',
    });
    const cache = { kind: 'redis', url: `redis://127.0.0.1:${port}`, scope: 'prefix:t:' } as const;

    const figures = await sampler({ ...target, cache })(redis);
    await server.stop();

    expect(figures['redis.ping']).toMatchObject({ verdict: 'critical' });
    expect(figures['redis.ping']!.note).toMatch(
      /^It is still loading its data: [\d.]+ %, \d+ s left$/,
    );
    expect(figures['redis.write']).toMatchObject({ verdict: 'unknown' });
  });
});
