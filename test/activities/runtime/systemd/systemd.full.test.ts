import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Description } from '../../../../src/activities/runtime/driver.ts';
import type { Instances } from '../../../../src/activities/runtime/instance.ts';
import type { Part } from '../../../../src/cli/manual/page.ts';
import {
  looked as manualLook,
  started as manualStart,
  stopped as manualStop,
} from '../../../../src/cli/manual/parts/runtime.ts';
import type { Target } from '../../../../src/config/schema/target.ts';
import { type BootedSystemd, bootSystemd } from '../../../support/systemd/booted-systemd.ts';
import { whyNoSystemd } from '../../../support/systemd/system-tree.ts';
import { unitTarget } from '../../../support/systemd/unit-target.ts';

const SLEEPS = 'ExecStart=/bin/sleep 1000';

// Skipped where this is not root, or debootstrap and systemd-nspawn are not on PATH.
describe.skipIf(whyNoSystemd)(
  'a unit of systemd (needs root, debootstrap and systemd-nspawn)',
  () => {
    let shared: string;
    let systemd: BootedSystemd;

    beforeAll(async () => {
      shared = mkdtempSync(join(tmpdir(), 'systemd-'));
      systemd = await bootSystemd(shared);
    }, 900_000);

    afterAll(async () => {
      await systemd?.stop();
      rmSync(shared, { recursive: true, force: true });
    });

    function world(
      name: string,
      lines: readonly string[],
      {
        more,
        ...runtime
      }: { more?: readonly string[]; environment?: string[]; stopGrace?: string } = {},
    ): Target {
      return unitTarget(systemd, shared, { name, lines, ...(more && { more }) }, runtime);
    }

    const describeIt = (target: Target) => systemd.ask<Description>(target, 'runtime.describe');
    const state = (unit: string) => systemd.show(unit, 'ActiveState')['ActiveState'];

    test('is started, told, and stopped with all that it started', async () => {
      const target = world('plain', ['ExecStart=/bin/sh -c "setsid sleep 1000 & exec sleep 1000"']);

      const started = await systemd.ask(target, 'runtime.start');
      const running = await describeIt(target);
      const pids = await systemd.ask<number[]>(target, 'driver.pids');
      const { instances } = await systemd.ask<Instances>(target, 'instances.of');
      const stopped = await systemd.ask(target, 'runtime.stop');

      expect(started).toMatchObject({ changed: true });
      expect(running).toMatchObject({ running: true });
      expect(running.detail).toMatch(/^active \(running, pid \d+, started 20\S+Z\)$/);
      expect(running.startsAgain).toBeUndefined();
      expect(pids).toHaveLength(2);
      expect(instances).toMatchObject([{ name: 'plain.service', state: 'running', restarts: 0 }]);
      expect(stopped).toMatchObject({ changed: true });
      expect(await describeIt(target)).toEqual({ running: false, detail: 'inactive (dead)' });
      for (const pid of pids) expect(systemd.tries('test', '-e', `/proc/${pid}`)).toBe(false);
    });

    test('that ends at once is not started: how, and its last lines are told', async () => {
      const dies = world('dies', ['ExecStart=/bin/sh -c "echo no database; exit 3"']);
      const absent = world('absent', ['ExecStart=/opt/not/there']);
      const stranger = world('stranger', ['User=nobody-here', SLEEPS]);

      expect(await systemd.failure(dies, 'runtime.start')).toMatchObject({
        type: 'StartFailed',
        message: expect.stringMatching(/ended at once \(exit code 3\): failed[^]*no database/),
      });
      expect((await systemd.failure(absent, 'runtime.start')).message).toContain(
        "exit code 203, which is systemd's: its program cannot be run",
      );
      expect((await systemd.failure(stranger, 'runtime.start')).message).toContain(
        "exit code 217, which is systemd's: its user is not there",
      );
      expect(await describeIt(dies)).toMatchObject({
        running: false,
        detail: 'failed (failed, exit code 3)',
      });
    });

    test('prints nothing that a terminal would obey', async () => {
      const target = world('colours', [
        'ExecStart=/bin/sh -c "printf \'\\\\033[31mred\\\\033[0m\\\\n\'; sleep 1000"',
      ]);

      await systemd.ask(target, 'runtime.start');
      const { lines } = await systemd.ask<{ lines: string[] }>(target, 'runtime.logs', 20);
      await systemd.ask(target, 'runtime.stop');

      expect(lines.join('\n')).toContain('red');
      expect(lines.join('\n')).not.toContain('\u001B');
    });

    test('that systemd has given up is started again, and that is told', async () => {
      const flag = join(shared, 'sound');
      const target = world(
        'limited',
        [`ExecStart=/bin/sh -c "test -e ${flag} && exec sleep 1000"`],
        {
          more: ['[Unit]', 'StartLimitBurst=2', 'StartLimitIntervalSec=1h'],
        },
      );
      for (let tries = 0; tries < 3; tries += 1) systemd.tries('systemctl', 'start', 'limited');
      systemd.run('touch', flag);
      // A control: systemd itself refuses it.
      expect(systemd.tries('systemctl', 'start', 'limited')).toBe(false);

      const { note } = await systemd.ask<{ note: string }>(target, 'runtime.start');

      expect(note).toContain('systemd had given it up');
      expect(await describeIt(target)).toMatchObject({ running: true });
      await systemd.ask(target, 'runtime.stop');
    });

    test('that ends and is started again and again does not run, and can be stopped', async () => {
      const target = world(
        'loops',
        ['ExecStart=/bin/sh -c "sleep 0.3; exit 1"', 'Restart=always', 'RestartSec=50ms'],
        {
          more: ['[Unit]', 'StartLimitIntervalSec=0'],
        },
      );
      systemd.run('systemctl', 'start', 'loops');
      await until(() => Number(systemd.show('loops', 'NRestarts')['NRestarts']) >= 3);

      const seen = await describeIt(target);
      await systemd.ask(target, 'runtime.stop');

      expect(seen).toMatchObject({ running: false, restarting: true });
      expect(seen.detail).toMatch(/^restarts again and again \(.*restarted \d+ times/);
      await sleep(500);
      expect(state('loops')).toBe('inactive');
    });

    test('comes back by itself after kill -9, and not after our stop', async () => {
      const target = world('always', [SLEEPS, 'Restart=always', 'RestartSec=100ms']);
      await systemd.ask(target, 'runtime.start');
      systemd.run('systemctl', 'kill', '-s', 'KILL', 'always');
      await until(() => systemd.show('always', 'NRestarts', 'ActiveState')['NRestarts'] === '1');

      await systemd.ask(target, 'runtime.stop', { gently: true });

      await sleep(500);
      expect(state('always')).toBe('inactive');
    });

    test('is not started by its timer and its socket while it is down, which come back with it, as do units that go down along', async () => {
      const target = world('web', [SLEEPS]);
      systemd.write(
        '/etc/systemd/system/web.timer',
        '[Timer]\nOnActiveSec=1h\nOnUnitInactiveSec=300ms\nAccuracySec=1ms\n',
      );
      systemd.write(
        '/etc/systemd/system/web.socket',
        `[Socket]\nListenStream=${shared}/web.sock\n`,
      );
      systemd.write(
        '/etc/systemd/system/web-jobs.service',
        `[Unit]\nPartOf=web.service\n[Service]\n${SLEEPS}\n`,
      );
      systemd.write(
        '/etc/systemd/system/web-mail.service',
        `[Unit]\nBindsTo=web-jobs.service\nAfter=web-jobs.service\n[Service]\n${SLEEPS}\n`,
      );
      const others = ['web.timer', 'web.socket', 'web-jobs.service', 'web-mail.service'];
      systemd.run('systemctl', 'start', 'web.socket', 'web', 'web.timer', 'web-jobs', 'web-mail');
      // A control: by systemctl alone its timer has it back in a moment.
      systemd.run('systemctl', 'stop', 'web');
      await until(() => state('web') === 'active');
      systemd.run('systemctl', 'start', 'web-jobs', 'web-mail');
      const before = await describeIt(target);

      await systemd.ask(target, 'runtime.stop');
      await sleep(1000);
      const down = [state('web'), ...others.map(state)];
      const held = await describeIt(target);
      const { note } = await systemd.ask<{ note: string }>(target, 'runtime.start');

      expect(before.detail).toContain(
        'systemd stops along with it: web-jobs.service, web-mail.service',
      );
      expect(down).toEqual(['inactive', 'inactive', 'inactive', 'inactive', 'inactive']);
      expect(held.detail).toContain('Held since its stop');
      expect(held.startsAgain).toContain('web.timer');
      expect(note).toContain('"web.timer" was held meanwhile, and is back');
      expect([state('web'), ...others.map(state)]).toEqual([
        'active',
        'active',
        'active',
        'active',
        'active',
      ]);
      expect((await describeIt(target)).detail).not.toContain('Held');
      systemd.run('systemctl', 'stop', ...others, 'web');
    });

    test('gets back what was held for a stop that did not come about', async () => {
      const target = world('stubborn', [
        'ExecStart=/bin/sh -c "trap : TERM; while :; do sleep 1; done"',
        'TimeoutStopSec=infinity',
      ]);
      systemd.write('/etc/systemd/system/stubborn.timer', '[Timer]\nOnActiveSec=1h\n');
      systemd.run('systemctl', 'start', 'stubborn', 'stubborn.timer');

      const hangs = await systemd.failure(target, 'runtime.stop', { gently: true });
      const timer = state('stubborn.timer');
      const again = await systemd.ask(target, 'runtime.start');

      expect(hangs).toMatchObject({
        type: 'StopHangs',
        message: expect.stringContaining('Cannot end unit "stubborn.service": active (running'),
      });
      expect(timer).toBe('inactive');
      expect(again).toMatchObject({ changed: false });
      expect(state('stubborn.timer')).toBe('active');
      systemd.run('systemctl', 'stop', 'stubborn.timer');
      // Who does not ask gently has it killed.
      await systemd.ask(target, 'runtime.stop');
      expect(state('stubborn')).not.toBe('active');
      expect(await systemd.ask<number[]>(target, 'driver.pids')).toEqual([]);
    });

    test('leaves nobody behind whom its unit would leave', async () => {
      const target = world('leaves', [
        'ExecStart=/bin/sh -c "sleep 1001 & exec sleep 1000"',
        'KillMode=process',
      ]);
      await systemd.ask(target, 'runtime.start');

      await systemd.ask(target, 'runtime.stop');

      expect(systemd.tries('sh', '-c', 'grep -lzx 100[1] /proc/[0-9]*/cmdline')).toBe(false);
    });

    test('is held still, and goes on; one with a watchdog is not', async () => {
      const target = world('still', [
        'ExecStart=/bin/sh -c "sleep 1000 & while :; do :; sleep 0.1; done"',
      ]);
      const watched = world('watched', [SLEEPS, 'WatchdogSec=1h']);
      await systemd.ask(target, 'runtime.start');
      await systemd.ask(watched, 'runtime.start');

      await systemd.ask(target, 'runtime.freeze');
      const { instances } = await systemd.ask<Instances>(target, 'instances.of');
      const pids = await systemd.ask<number[]>(target, 'driver.pids');
      const states = pids.map((pid) =>
        systemd.run('sh', '-c', `cut -d' ' -f3 /proc/${pid}/stat`).trim(),
      );
      await systemd.ask(target, 'runtime.thaw');
      const after = await systemd.ask<Instances>(target, 'instances.of');
      const refused = await systemd.failure(watched, 'runtime.freeze');

      expect(instances).toMatchObject([{ state: 'held still' }]);
      expect(new Set(states)).toEqual(new Set(['T']));
      expect(after.instances).toMatchObject([{ state: 'running' }]);
      expect(refused).toMatchObject({
        type: 'FreezeHangs',
        message: expect.stringContaining('WatchdogSec'),
      });
      // A stop ends who is held still.
      await systemd.ask(target, 'runtime.freeze');
      await systemd.ask(target, 'runtime.stop');
      expect(state('still')).toBe('inactive');
      await systemd.ask(watched, 'runtime.stop');
    });

    test('that is masked or missing is refused, and one that is enabled or changed is told', async () => {
      const target = world('told', [SLEEPS], { more: ['[Install]', 'WantedBy=multi-user.target'] });
      systemd.run('systemctl', 'enable', 'told');
      await systemd.ask(target, 'runtime.start');
      systemd.run('sh', '-c', 'sleep 1; echo "Nice=1" >> /etc/systemd/system/told.service');

      const seen = await describeIt(target);
      await systemd.ask(target, 'runtime.stop');
      systemd.run(
        'sh',
        '-c',
        'rm /etc/systemd/system/told.service; systemctl daemon-reload; systemctl mask told',
      );
      const masked = await systemd.failure(target, 'runtime.start');
      systemd.run('systemctl', 'unmask', 'told');
      const missing = await systemd.failure(target, 'runtime.describe');

      expect(seen.startsAgain).toContain('is enabled: systemd starts it again');
      expect(seen.detail).toContain('were changed since systemd has read them');
      expect(masked).toMatchObject({
        type: 'NotStartable',
        message: expect.stringContaining('is masked'),
      });
      expect(missing).toMatchObject({ type: 'ServiceUnknown' });
    });

    test('is not stopped by who may not, which is said in a sentence', async () => {
      const target = world('guarded', [SLEEPS]);
      await systemd.ask(target, 'runtime.start');

      const refused = await systemd.failureAs(65534, target, 'driver.stop');

      expect(refused).toMatchObject({
        type: 'NotPermitted',
        message: expect.stringContaining('Only root may do that'),
      });
      expect(state('guarded')).toBe('active');
      await systemd.ask(target, 'runtime.stop');
    });

    test('gets limits while it runs and for good, and goes back to what it had exactly', async () => {
      const target = world('scaled', [SLEEPS, 'MemoryMax=300M']);
      await systemd.ask(target, 'runtime.start');
      const stamp = '20260105_020000';
      const wanted = { memory: 200 * 2 ** 20, cpus: 0.5 };
      const limits = () =>
        systemd.show(
          'scaled',
          'MemoryMax',
          'CPUQuotaPerSecUSec',
          'NeedDaemonReload',
          'MainPID',
          'DropInPaths',
        );
      const before = limits();

      const found = await systemd.ask(target, 'limits.find', wanted, 1);
      await systemd.ask(target, 'limits.set', stamp, wanted);
      await systemd.ask(target, 'limits.persist', stamp, wanted);
      const proven = await systemd.ask<{ note: string }>(target, 'limits.expectSet', wanted);
      const set = limits();
      await systemd.ask(target, 'limits.goBack', stamp);

      expect(found).toMatchObject({
        same: false,
        note: expect.stringContaining('It may use 300 MiB and all cpus'),
      });
      expect(proven.note).toContain('It may use 200 MiB and 0.5 cpus');
      expect(set).toMatchObject({
        MemoryMax: String(wanted.memory),
        CPUQuotaPerSecUSec: '500ms',
        NeedDaemonReload: 'no',
      });
      expect(set['DropInPaths']).toContain(
        '/etc/systemd/system.control/scaled.service.d/50-MemoryMax.conf',
      );
      expect(limits()).toEqual(before);
      expect(
        systemd.tries(
          'sh',
          '-c',
          'ls /etc/systemd/system.control/scaled.service.d/* /run/systemd/system.control/scaled.service.d/*',
        ),
      ).toBe(false);
      await systemd.ask(target, 'runtime.stop');
    });

    test('is compared with all files that it is made of', async () => {
      systemd.write(
        '/etc/systemd/system/made.service.d/more.conf',
        '[Service]\nEnvironmentFile=/etc/made.env\n',
      );
      systemd.write('/etc/made.env', 'LEVEL=1\n');
      const target = world('made', [SLEEPS]);
      await systemd.ask(target, 'runtime.start');

      const { note } = await systemd.ask<{ note: string }>(target, 'runtime.noteKnownGood');
      const record = readFileSync(join(target.state, 'known-good.json'), 'utf8');

      expect(note).toBe('3 files of configuration');
      for (const file of ['system/made.service"', 'more.conf"', '/etc/made.env"'])
        expect(record).toContain(file);
      await systemd.ask(target, 'runtime.stop');
    });

    test('is stopped and started by what the manual says to type', async () => {
      const target = world('typed', [SLEEPS, 'TimeoutStopSec=2s']);
      systemd.write(
        '/etc/systemd/system/typed.timer',
        '[Timer]\nOnActiveSec=1h\nOnUnitInactiveSec=300ms\n',
      );
      systemd.run('systemctl', 'start', 'typed', 'typed.timer');
      // "systemctl status" fails for what is down: no line of a page is the end of it.
      const type = (...parts: Pick<Part, 'type'>[]) => {
        const lines = ['db=/etc/hostname', ...parts.flatMap((part) => part.type ?? [])];
        return systemd.run('sh', '-c', lines.join('\n'));
      };
      const between = { type: ['sleep 0.6', 'systemctl is-active typed.service typed.timer'] };

      const looked = type(manualLook(target));
      const said = type(...manualStop(target), between, ...manualStart(target));

      expect(looked).toContain('TriggeredBy=typed.timer');
      expect(said).toMatch(/\ninactive\ninactive\n$/);
      expect([state('typed'), state('typed.timer')]).toEqual(['active', 'active']);
      systemd.run('systemctl', 'stop', 'typed.timer', 'typed');
    });

    test('has its environment looked at, and never told', async () => {
      const lines = [
        SLEEPS,
        'Environment=LEVEL=1 "NAME=two words" EMPTY=',
        'EnvironmentFile=/etc/judged.env',
      ];
      const target = world('judged', lines, { environment: ['LEVEL', 'NAME', 'TOKEN'] });
      const empty = world('judged-empty', lines, { environment: ['EMPTY', 'MISSING'] });

      const without = await environmentOf(target);
      systemd.run('sh', '-c', 'echo TOKEN=hunter2 > /etc/judged.env');
      const complete = await environmentOf(target);
      const lacking = await environmentOf(empty);

      expect(without).toMatchObject({
        state: 'failed',
        finding: expect.stringContaining('"/etc/judged.env" is not there'),
      });
      expect(complete).toMatchObject({ state: 'ok', finding: 'LEVEL, NAME, TOKEN' });
      expect(lacking).toMatchObject({
        state: 'failed',
        finding: expect.stringContaining('MISSING is not set'),
      });
    });

    async function environmentOf(target: Target) {
      const { lines } = await systemd.ask<{
        lines: { line: string; state: string; finding: string }[];
      }>(target, 'lifecycle.checkStartup');
      return lines.find(({ line }) => line === 'Environment variables are set');
    }
  },
);

async function until(is: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !is(); await sleep(50))
    if (Date.now() > end) throw new Error('It did not come about within 30 s');
}
