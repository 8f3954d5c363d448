import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { findOnPath } from '../../../src/dev/server/find-on-path.ts';
import { closedCheckout } from '../../support/closed-checkout.ts';
import { reservedPort } from '../../support/reserved-port.ts';
import { type BootedSystemd, bootSystemd } from '../../support/systemd/booted-systemd.ts';
import { whyNoSystemd } from '../../support/systemd/system-tree.ts';
import { install, RUNBOOK, UNITS } from './installed.ts';
import { makeShop, NAME } from './shop.ts';

const SOON = { timeout: 60_000, interval: 300 };
const SERVICE = `runbook@${NAME}`;
const SECRET = 'canary-7c1e90';
const why =
  whyNoSystemd ??
  closedCheckout() ??
  (findOnPath('ip') && findOnPath('sqlite3') ? undefined : 'needs ip and sqlite3');

// As docs/install.md has it: whatever it promises of services is seen here.
describe.skipIf(why)(
  'our units of systemd (needs root, debootstrap, systemd-nspawn, ip and sqlite3, and a checkout that is open to other users)',
  () => {
    let shared: string;
    let machine: BootedSystemd;
    let port: number;
    let temporal: number;

    beforeAll(async () => {
      // Not below /tmp: some of the units have one of their own.
      shared = mkdtempSync('/srv/service-');
      machine = await bootSystemd(shared);
      machine.run('useradd', '--create-home', '--user-group', NAME);
      install(machine, shared);
      port = await reservedPort();
      temporal = await reservedPort();
      await makeShop(machine, shared, port);
      mkdirSync(join(shared, 'data'));
      machine.run('chown', `${NAME}:`, join(shared, 'data'));
      machine.write(
        `/etc/durable-runbooks/${NAME}.env`,
        `RUNBOOK_TEMPORAL=${shared}/temporal\nRUNBOOK_DEV_OPTIONS=--data ${shared}/data/temporal.db --port ${temporal}\nSMTP_URL=smtp://shop:${SECRET}@127.0.0.1:1\n`,
      );
      machine.run('chmod', '600', `/etc/durable-runbooks/${NAME}.env`);
    }, 900_000);

    afterAll(async () => {
      await machine?.stop();
      if (shared) rmSync(shared, { recursive: true, force: true });
    });

    test('are sound, and expose as little as docs/install.md says', () => {
      const files = UNITS.map(
        (unit) => `/etc/systemd/system/${unit.replace('@', `@${NAME}`)}.service`,
      );
      const verified = machine.run('sh', '-c', `systemd-analyze verify ${files.join(' ')} 2>&1`);
      const exposed = files.map((file) => {
        const unit = file.split('/').at(-1)!;
        const text = machine.run('systemd-analyze', 'security', '--no-pager', unit);
        return [unit, Number(/exposure level for .*: ([\d.]+)/.exec(text)?.[1])] as const;
      });

      expect(verified).toBe('');
      const most = [5.6, 5.6, 3.5, 1.3];
      expect(exposed.filter(([, exposure], at) => !(exposure <= most[at]!))).toEqual([]);
    });

    test("runbook@ serves the target as the application's user, behind a door of its own", async () => {
      machine.run('systemctl', 'start', SERVICE);
      await serves(1);

      expect(said(SERVICE)).not.toContain('Warning');
      expect(ownerOf(mainPid(SERVICE))).toBe(NAME);
      expect(type('start', 'daily-backup', '-t', NAME, '--because', 'of the test')).toContain(
        'done',
      );
      expect(type('backups', 'list', '-t', NAME)).toMatch(/\d{8}_\d{6}/);
    });

    test('an application that a run has started outlives each stop of the worker, and the worker its lack of memory', async () => {
      const started = type('start', 'start-application', '-t', NAME, '--because', 'of the test');
      const [application] = applications();
      machine.run('systemctl', 'restart', SERVICE);
      await serves(2);
      const afterRestart = applications();
      machine.run('systemctl', 'stop', SERVICE);
      const afterStop = applications();
      await vi.waitFor(() => expect(left()).toEqual([]), SOON);
      machine.run('systemctl', 'start', SERVICE);
      await serves(3);

      expect(started).toContain('[0]');
      expect([afterRestart, afterStop, applications()]).toEqual([
        [application],
        [application],
        [application],
      ]);
      expect(machine.show(SERVICE, 'OOMPolicy', 'PrivateTmp')).toEqual({
        OOMPolicy: 'continue',
        PrivateTmp: 'no',
      });
      expect(type('start', 'health-check', '-t', NAME, '--because', 'of the test')).toContain(
        'done',
      );
    });

    test('a worker that dies is started again by systemd, and its Temporal server with it', async () => {
      machine.run('systemctl', 'kill', '--kill-who=main', '--signal=KILL', SERVICE);
      await serves(4);

      expect(type('runs', '-t', NAME)).toContain('daily-backup');
    });

    test('another version serves it after a link was changed and the service restarted, and back', async () => {
      const versions = join(shared, 'opt');
      const use = (version: string) =>
        machine.run('ln', '-sfn', version, join(versions, 'current'));
      const served = () => machine.run('cat', `/proc/${mainPid(SERVICE)}/cmdline`);
      machine.run('cp', '-al', join(versions, '1'), join(versions, '2'));

      use('2');
      machine.run('systemctl', 'restart', SERVICE);
      await serves(5);
      expect(served()).toContain(join(versions, '2/node_modules'));
      use('1');
      machine.run('systemctl', 'restart', SERVICE);
      await serves(6);
      expect(served()).toContain(join(versions, '1/node_modules'));
    });

    test('its runs are copied while it runs, and go on from the copy', async () => {
      const data = join(shared, 'data/temporal.db');
      const before = type('runs', '-t', NAME);
      execFileSync('sqlite3', [data, `.backup '${shared}/copy.db'`]);
      machine.run('systemctl', 'stop', SERVICE);
      for (const sidecar of ['-wal', '-shm']) rmSync(`${data}${sidecar}`, { force: true });
      copyFileSync(join(shared, 'copy.db'), data);
      machine.run('chown', `${NAME}:`, data);
      machine.run('systemctl', 'start', SERVICE);
      await serves(7);

      expect(before).toContain('daily-backup');
      expect(type('runs', '-t', NAME)).toBe(before);
      expect(type('start', 'daily-backup', '-t', NAME, '--because', 'of the test')).toContain(
        '[0]',
      );
    });

    test('a secret of its environment file is nobody else’s', () => {
      const file = `/etc/durable-runbooks/${NAME}.env`;
      const asNobody = ['setpriv', '--reuid=65534', '--clear-groups', '--', 'cat'] as const;

      expect(machine.tries(...asNobody, file)).toBe(false);
      expect(machine.tries(...asNobody, `/proc/${mainPid(SERVICE)}/environ`)).toBe(false);
      expect(machine.tries(...asNobody, '/etc/hostname')).toBe(true);
      const [application] = applications();
      expect(machine.run('cat', `/proc/${application}/environ`)).not.toContain(SECRET);
    });

    test('the watchdog looks at it as the same user, through the door', async () => {
      machine.run('systemctl', 'start', `runbook-watchdog@${NAME}`);
      await vi.waitFor(
        () => expect(said(`runbook-watchdog@${NAME}`)).toMatch(/^Watching shop/m),
        SOON,
      );

      expect(ownerOf(mainPid(`runbook-watchdog@${NAME}`))).toBe(NAME);
      const looked = type('watchdog', NAME, '--once');
      expect(looked).toMatch(/ok +shop server/);
      expect(looked).toMatch(/ok +shop worker/);
      machine.run('systemctl', 'stop', `runbook-watchdog@${NAME}`);
    });

    test('the gateway has a user of its own, and keeps what Temporal answers', async () => {
      const { address, namespace } = inject('temporal');
      const at = await reservedPort();
      machine.write(
        '/etc/durable-runbooks/gateway.env',
        `TEMPORAL_ADDRESS=${address}\nTEMPORAL_NAMESPACE=${namespace}\nRUNBOOK_GATEWAY_OPTIONS=--port ${at}\nRUNBOOK_GATEWAY_SECRET=${'5e'.repeat(32)}\n`,
      );
      machine.run('chmod', '600', '/etc/durable-runbooks/gateway.env');
      machine.run('systemctl', 'start', 'runbook-gateway');

      await vi.waitFor(async () => {
        const answer = await fetch(`http://127.0.0.1:${at}/healthz`).catch(() => undefined);
        if (answer?.status !== 200) throw new Error(said('runbook-gateway'));
      }, SOON);

      // Users that systemd makes have these numbers.
      const uid = Number(machine.run('stat', '-c', '%u', `/proc/${mainPid('runbook-gateway')}`));
      expect(uid >= 61_184 && uid <= 65_519).toBe(true);
      machine.run('systemctl', 'stop', 'runbook-gateway');
    });

    /** As the application's user, as docs/install.md types it. */
    function type(...args: string[]): string {
      const asUser = [
        'runuser',
        '-u',
        NAME,
        '--',
        'env',
        '-i',
        `PATH=${process.env['PATH']}`,
        `HOME=/home/${NAME}`,
        `TEMPORAL_ADDRESS=127.0.0.1:${temporal}`,
        'NO_COLOR=1',
      ];
      const command = `RUNBOOK_TARGETS=/etc/durable-runbooks/targets ${RUNBOOK} "$@" 2>&1; echo "[$?]"`;
      return machine.run(...(asUser as [string, ...string[]]), 'sh', '-c', command, 'sh', ...args);
    }

    function said(unit: string): string {
      return machine.run('journalctl', '--no-pager', '-o', 'cat', '-u', unit);
    }

    async function serves(times: number): Promise<void> {
      await vi.waitFor(() => {
        const text = said(SERVICE);
        if ((text.match(/^Serving shop/gm) ?? []).length < times) throw new Error(text);
      }, SOON);
    }

    function mainPid(unit: string): string {
      return machine.show(unit, 'MainPID')['MainPID']!;
    }

    function ownerOf(pid: string): string {
      return machine.run('stat', '-c', '%U', `/proc/${pid}`).trim();
    }

    function pids(pattern: string): string[] {
      const script = `for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline 2>/dev/null | grep -q "$1" && echo \${p#/proc/}; done; true`;
      const found = machine.run('sh', '-c', script, 'sh', pattern).split('\n').filter(Boolean);
      return found;
    }

    function applications(): string[] {
      return pids('sample-app[.]js');
    }

    /** Of ours, when no worker runs. */
    function left(): string[] {
      return [...pids('temporal server start[-]dev'), ...pids('job-process[.]js')];
    }
  },
);
