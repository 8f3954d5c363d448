import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { disks } from '../../../src/activities/health/machine/disks.ts';
import { redis } from '../../../src/activities/health/machine/redis.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { sampler } from '../../activities/health/support/sampling.ts';
import { startRedis } from '../../activities/redis/support/start-redis.ts';
import { badOf, type Fault, type Place } from './fault.ts';

const DF = `df -h | grep -E "/$|/app" | awk '{if ($5 > 90) print "❌ Disk usage high: " $5}'`;
const PING = 'redis-cli ping | grep PONG || echo "❌ Redis not responding"';

/** A disk of its own, which the manual's `/app` stands for. */
export function diskFaults({ target, directory }: Place): Fault[] {
  const disk = join(directory, 'disk');
  const judged: SqliteTarget = {
    ...target,
    backups: { ...target.backups, directory: disk },
    metrics: { disk: { warning: '80%', critical: '90%' } },
  };
  // Others of this machine may be full by themselves.
  const here = { '/$|/app': `${disk}$` };
  execFileSync('mkdir', [disk]);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m,nr_inodes=200', 'tmpfs', disk]);
  const sample = sampler(judged);
  const commands = [{ manual: 'A', text: DF, here }] as const;
  const clear = () => {
    for (const one of execFileSync('ls', ['-A', disk], { encoding: 'utf8' }).split('\n'))
      if (one) rmSync(join(disk, one));
  };
  const filled = (mebibytes: number) => async () => {
    const most = join(disk, 'most');
    execFileSync('dd', ['if=/dev/zero', `of=${most}`, 'bs=1M', `count=${mebibytes}`], {
      stdio: 'ignore',
    });
    return clear;
  };
  const common = { commands, by: 'health-check', look: async () => badOf(await sample(disks)) };
  return [
    { ...common, name: 'A disk is 95 % full', strike: filled(19) },
    { ...common, name: 'A disk is 100 % full', strike: filled(20) },
    {
      ...common,
      name: 'A disk has no inodes left, and room',
      strike: async () => {
        for (let file = 0; file < 199; file += 1) writeFileSync(join(disk, `${file}`), '');
        return clear;
      },
    },
  ];
}

export function endDisk({ directory }: Place): void {
  execFileSync('umount', ['-l', join(directory, 'disk')]);
}

export async function redisFaults({ target, directory }: Place): Promise<{
  readonly faults: Fault[];
  readonly end: () => Promise<void>;
}> {
  const options = ['--maxmemory', '8mb', '--maxmemory-policy', 'noeviction'];
  let server = await startRedis(directory, { options });
  const { port } = server;
  const client = new Redis(port, '127.0.0.1', { lazyConnect: true, maxRetriesPerRequest: 1 });
  client.on('error', () => {});
  const url = `redis://127.0.0.1:${port}`;
  const cache = { kind: 'redis', url, scope: 'prefix:t:' } as const;
  const sample = sampler({ ...target, cache });
  const look = async () => badOf(await sample(redis));
  const here = { 'redis-cli': `redis-cli -p ${port}` };
  const commands = [{ manual: 'A', text: PING, here }] as const;
  const common = { commands, by: 'health-check', look };
  const again = async (more: readonly string[] = [], sign?: string) => {
    await server.server.stop();
    server = await startRedis(directory, {
      port,
      options: [...options, ...more],
      ...(sign !== undefined && { sign }),
    });
  };

  const faults: Fault[] = [
    {
      ...common,
      name: 'Redis is full (maxmemory, noeviction): it answers, and takes nothing',
      strike: async () => {
        for (let key = 0; key < 9000; key += 1)
          await client.set(`other:${key}`, 'x'.repeat(1000)).catch(() => {});
        return async () => void (await client.flushall());
      },
    },
    {
      ...common,
      name: 'Redis is loading its data after a start',
      strike: async () => {
        const pipeline = client.pipeline();
        for (let key = 0; key < 2000; key += 1) pipeline.set(`t:${key}`, 'x');
        await pipeline.exec();
        await client.save();
        const slow = [
          '--key-load-delay',
          '15000',
          '--loading-process-events-interval-bytes',
          '1024',
        ];
        await again(slow, 'Server initialized');
        return async () => {
          await server.server.stop();
          rmSync(join(directory, 'dump.rdb'), { force: true });
          await again();
        };
      },
    },
    {
      ...common,
      name: 'Redis is down',
      strike: async () => {
        await server.server.stop();
        return () => {};
      },
    },
  ];
  return {
    faults,
    end: async () => {
      client.disconnect();
      await server.server.stop();
    },
  };
}
