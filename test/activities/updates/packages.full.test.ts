import { spawn } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { createSystems } from '../../../src/activities/index.ts';
import { Updates } from '../../../src/config/schema/upkeep/updates.ts';
import type { Stamp } from '../../../src/config/time/stamp.ts';
import { useHostDirectory } from '../../support/host-directory.ts';
import { test as base } from '../../support/target.ts';
import { type DebianHost, makeDebianHost, whyNoDebian } from './support/debian-host.ts';

type Packages = ReturnType<typeof createSystems>['updates'];
const STAMP = '20260105_091500' as Stamp;

const test = base.extend<{ host: DebianHost; updates: Packages }>({
  host: async ({ directory }, use) => {
    const host = await makeDebianHost();
    useHostDirectory(join(directory, 'host'));
    for (const name of ['demo-one', 'demo-two']) host.install(name, '1.0', { cached: true });
    await use(host);
    host.remove();
  },
  updates: async ({ target, host }, use) => {
    target.updates = Updates.parse({ packages: 'security', root: host.root });
    await use(createSystems(target, 'test').updates);
  },
});

async function keep(updates: Packages, lacking: 'refuse' | 'accept' = 'refuse') {
  const { fingerprint } = await updates.find();
  return updates.keep(STAMP, fingerprint, lacking);
}

// Skipped where this is not root on Linux, or debootstrap is not there.
describe.skipIf(whyNoDebian !== undefined)(`packages (${whyNoDebian ?? 'Debian'})`, () => {
  test('are installed from what was kept, and not from what the archive has by then', async ({
    directory,
    target,
    host,
    updates,
  }) => {
    host.publish('demo-one', '1:1.1+deb12u1');
    await keep(updates);

    await updates.install(STAMP, 'ordinary');

    const job = `host/jobs/${target.name}-${STAMP}-ordinary.last/output`;
    const said = readFileSync(join(directory, job), 'utf8');
    expect(said).toContain('Unpacking demo-one (1:1.1+deb12u1) over (1.0)');
    expect(said).not.toContain('/srv/archive');
    expect(host.versions()['demo-one']).toBe('1:1.1+deb12u1');
  });

  test('that are cut off count as none, so that there is no way back by them', async ({
    host,
    updates,
  }) => {
    const cached = join(host.root, 'var/cache/apt/archives/demo-one_1.0_all.deb');
    truncateSync(cached, readFileSync(cached).length - 50);
    host.publish('demo-one', '1.1');

    await expect(keep(updates)).rejects.toMatchObject({ type: 'PackagesNotKept' });
  });

  test('that dpkg was killed over are installed anew by the next attempt, and by the way back', async ({
    host,
    updates,
  }) => {
    host.publish('demo-one', '1.1', { preinst: 'test -e /srv/quick || sleep 60' });
    host.publish('demo-two', '1.1');
    await keep(updates);
    const cutOff = async () => {
      rmSync(join(host.root, 'srv/quick'), { force: true });
      const install = updates.install(STAMP, 'ordinary').catch(() => {});
      await killIn(host.root, 'sleep');
      await install;
      writeFileSync(join(host.root, 'srv/quick'), '');
      expect(host.audit()).toContain('demo-one');
    };

    await cutOff();
    await updates.mend(STAMP);
    await updates.install(STAMP, 'ordinary');
    const installed = host.versions();
    await updates.restore(STAMP);
    await cutOff();
    await updates.restore(STAMP);

    expect(installed).toMatchObject({ 'demo-one': '1.1', 'demo-two': '1.1' });
    expect(host.versions()).toMatchObject({ 'demo-one': '1.0', 'demo-two': '1.0' });
    expect(host.audit()).toBe('');
  }, 120_000);

  test('whose architecture changes have a way back, too', async ({ host, updates }) => {
    host.publish('demo-one', '1.1', { architecture: 'amd64' });

    await keep(updates);
    await updates.install(STAMP, 'ordinary');
    const installed = host.versions();
    await updates.restore(STAMP);

    expect(installed['demo-one']).toBe('1.1');
    expect(host.versions()['demo-one']).toBe('1.0');
  });

  test('that came for one without a way back stay with it', async ({ host, updates }) => {
    host.install('demo-three', '1.0', { cached: false });
    host.publish('demo-new', '1.0');
    host.publish('demo-three', '1.1', { fields: 'Depends: demo-new' });
    host.publish('demo-one', '1.1', { postinst: 'exit 3' });
    await keep(updates, 'accept');
    await expect(updates.install(STAMP, 'ordinary')).rejects.toThrow('demo-one');

    const { lacking } = await updates.restore(STAMP);

    expect(lacking).toEqual(['demo-new (new) -> 1.0', 'demo-three 1.0 -> 1.1']);
    expect(host.versions()).toMatchObject({ 'demo-one': '1.0', 'demo-new': '1.0' });
    expect(host.audit()).toBe('');
  });

  test('come back when another package manager has ended, and not before', async ({
    host,
    updates,
  }) => {
    host.publish('demo-one', '1.1');
    await keep(updates);
    await updates.install(STAMP, 'ordinary');
    const lock = join(host.root, 'var/lib/dpkg/lock-frontend');
    const other = spawn('python3', [
      '-c',
      'import fcntl, sys, time\nheld = open(sys.argv[1], "w")\nfcntl.lockf(held, fcntl.LOCK_EX)\nprint(flush=True)\ntime.sleep(4)',
      lock,
    ]);
    await new Promise((settle) => other.stdout.once('data', settle));

    await updates.restore(STAMP);

    expect(other.exitCode).toBe(0);
    expect(host.versions()['demo-one']).toBe('1.0');
  });

  test('that hang are named with what they wait for, and are waited for by the next attempt', async ({
    host,
    target,
    updates,
  }) => {
    host.publish('demo-one', '1.1', { postinst: 'sleep 12' });
    await keep(updates);
    target.updates!.timeout = '5s';

    const first = updates.install(STAMP, 'ordinary');
    await expect(first).rejects.toMatchObject({
      type: 'CommandTimeout',
      message: expect.stringMatching(/still runs after 5 s.*demo-one\.postinst.* > sleep 12/),
    });
    target.updates!.timeout = '1m';
    await updates.install(STAMP, 'ordinary');

    expect(host.versions()['demo-one']).toBe('1.1');
    expect(host.audit()).toBe('');
  });

  test('that are kept back are named, and what is half configured is told with no update at all', async ({
    host,
    updates,
  }) => {
    host.inside('apt-mark', 'hold', 'demo-one');
    host.publish('demo-one', '1.1');
    host.interrupt('demo-two', '1.05');

    const found = await updates.find();

    expect(found).toMatchObject({
      ordinary: { count: 0 },
      unfinished: true,
      note: 'None can be updated. Kept back: demo-one 1.0 -> 1.1',
    });
  });
});

/** All that runs inside, as a cut of the power ends it, once a program of that name does. */
async function killIn(root: string, name: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const inside = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && rootOf(pid) === root);
    if (inside.some((pid) => readOr(`/proc/${pid}/comm`).trim() === name)) {
      for (const pid of inside)
        if (existsSync(`/proc/${pid}`)) process.kill(Number(pid), 'SIGKILL');
      return;
    }
    await sleep(50);
  }
  throw new Error(`No "${name}" runs in "${root}"`);
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended
  }
}

function rootOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/root`);
  } catch {
    return undefined;
  }
}
