import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { hostActivities } from '../../../src/activities/host/host-activities.ts';
import { runtimeActivities } from '../../../src/activities/runtime/runtime-activities.ts';
import { reservedPort } from '../../support/reserved-port.ts';
import { targetIn, test } from '../../support/target.ts';

describe('host.port', () => {
  test('names a stranger, and not the application', async ({ directory }) => {
    const port = await reservedPort();
    const target = onPort(directory, port);
    const listens = `require('net').createServer().listen(${port}, '127.0.0.1')`;
    target.runtime = { ...target.runtime, command: [process.execPath, '-e', listens] } as never;
    const host = hostActivities(target);
    const runtime = runtimeActivities(target);

    const free = await host.port();
    const stranger = await listening(port);
    const taken = await host.port();
    await new Promise((closed) => stranger.close(closed));
    await runtime.start();
    let own = await host.port();
    while (own.note.endsWith('free')) own = await host.port();
    await runtime.stop();

    expect(free).toEqual({ listens: false, note: `Port ${port} is free` });
    expect(taken.stranger).toBe(`node (process ${process.pid})`);
    expect(own).toEqual({ listens: true, note: `Port ${port} is open` });
  });

  test('sees one that listens on all addresses, also by IPv6', async ({ directory }) => {
    const port = await reservedPort();
    const server = await listening(port, '::');

    const { stranger } = await hostActivities(onPort(directory, port)).port();
    server.close();

    expect(stranger).toBe(`node (process ${process.pid})`);
  });

  test('says nothing of an application on another machine', async ({ directory }) => {
    const target = targetIn(directory, {
      app: { url: 'http://shop.example:8501', health: 'http://shop.example:8501/health' },
    });

    expect(await hostActivities(target).port()).toEqual({
      note: 'Port 8501 of "shop.example" is not of this machine',
    });
  });
});

describe('host.disks', () => {
  test('tells a full disk from one that is nearly so', async ({ directory, skip }) => {
    skip(process.getuid?.() !== 0 || process.platform !== 'linux', 'only root can mount a disk');
    const target = targetIn(directory);
    const disk = target.backups.directory;
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk]);
    try {
      const host = hostActivities(target);

      writeFileSync(join(disk, 'most'), Buffer.alloc(6 * 2 ** 20));
      const nearly = await host.disks();
      writeFileSync(join(disk, 'rest'), Buffer.alloc(1.5 * 2 ** 20));
      const full = await host.disks();

      expect(nearly.full).toEqual([]);
      expect(nearly.note).toContain(`"${disk}" 75 % used, 2.0 MiB left`);
      expect(full.full).toEqual([expect.stringContaining(`"${disk}" 94 % used`)]);
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });

  test('tells one without a free inode, and each disk once', async ({ directory, skip }) => {
    skip(process.getuid?.() !== 0 || process.platform !== 'linux', 'only root can mount a disk');
    const target = targetIn(directory);
    const disk = target.backups.directory;
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,nr_inodes=2', 'tmpfs', disk]);
    try {
      writeFileSync(join(disk, 'last'), '');

      const { full, note } = await hostActivities(target).disks();

      expect(full).toEqual([expect.stringMatching(/inodes 100 % used$/)]);
      expect(note.split('; ')).toHaveLength(2);
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });
});

describe('host.resources', () => {
  test('judges what has a limit, and nothing else', async ({ directory }) => {
    const limits = { memory: { warning: '0%', critical: '100%' }, cpu: { critical: '100%' } };
    const target = targetIn(directory, { metrics: limits });

    const { notes, concerns } = await hostActivities(target).resources();

    expect(notes.map((note) => /^(cpu|memory|disk) (\d|\d\d|100) %/.exec(note)?.[1])).toEqual(
      expect.arrayContaining(['cpu', 'memory', 'disk']),
    );
    expect(concerns).toEqual([expect.stringMatching(/^memory \d+ %, .*: warning above 0%$/)]);
  });
});

function onPort(directory: string, port: number) {
  const url = `http://127.0.0.1:${port}/`;
  return targetIn(directory, { app: { url, health: url } });
}

async function listening(port: number, host = '127.0.0.1'): Promise<Server> {
  const server = createServer();
  await new Promise<void>((open) => server.listen(port, host, open));
  return server;
}
