import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Instances } from '../../../../src/activities/runtime/instance.ts';
import { whyNoSystemd } from '../../../support/systemd/system-tree.ts';
import { until, useUnits } from '../../../support/systemd/use-units.ts';

const SLEEPS = 'ExecStart=/bin/sleep 1000';

// Skipped where this is not root, or debootstrap and systemd-nspawn are not on PATH.
describe.skipIf(whyNoSystemd)(
  'a unit of systemd that is to be down (needs root, debootstrap and systemd-nspawn)',
  () => {
    const at = useUnits();

    test('is not started by its timer and its socket while it is down, which come back with it, as do units that go down along', async () => {
      const target = at.world('web', [SLEEPS]);
      at.systemd.write(
        '/etc/systemd/system/web.timer',
        '[Timer]\nOnActiveSec=1h\nOnUnitInactiveSec=300ms\nAccuracySec=1ms\n',
      );
      at.systemd.write(
        '/etc/systemd/system/web.socket',
        `[Socket]\nListenStream=${at.shared}/web.sock\n`,
      );
      at.systemd.write(
        '/etc/systemd/system/web-jobs.service',
        `[Unit]\nPartOf=web.service\n[Service]\n${SLEEPS}\n`,
      );
      at.systemd.write(
        '/etc/systemd/system/web-mail.service',
        `[Unit]\nBindsTo=web-jobs.service\nAfter=web-jobs.service\n[Service]\n${SLEEPS}\n`,
      );
      const others = ['web.timer', 'web.socket', 'web-jobs.service', 'web-mail.service'];
      at.systemd.run(
        'systemctl',
        'start',
        'web.socket',
        'web',
        'web.timer',
        'web-jobs',
        'web-mail',
      );
      // A control: by systemctl alone its timer has it back in a moment.
      at.systemd.run('systemctl', 'stop', 'web');
      await until(() => at.state('web') === 'active');
      at.systemd.run('systemctl', 'start', 'web-jobs', 'web-mail');
      const before = await at.describe(target);

      await at.systemd.ask(target, 'runtime.stop');
      await sleep(1000);
      const down = [at.state('web'), ...others.map(at.state)];
      const held = await at.describe(target);
      const { note } = await at.systemd.ask<{ note: string }>(target, 'runtime.start');

      expect(before.detail).toContain(
        'systemd stops along with it: web-jobs.service, web-mail.service',
      );
      expect(down).toEqual(['inactive', 'inactive', 'inactive', 'inactive', 'inactive']);
      expect(held.detail).toContain('Held since its stop');
      expect(held.startsAgain).toContain('web.timer');
      expect(note).toContain('"web.timer" was held meanwhile, and is back');
      expect([at.state('web'), ...others.map(at.state)]).toEqual([
        'active',
        'active',
        'active',
        'active',
        'active',
      ]);
      expect((await at.describe(target)).detail).not.toContain('Held');
      at.systemd.run('systemctl', 'stop', ...others, 'web');
    });

    test('gets back what was held for a stop that did not come about', async () => {
      const target = at.world('stubborn', [
        'ExecStart=/bin/sh -c "trap : TERM; while :; do sleep 1; done"',
        'TimeoutStopSec=infinity',
      ]);
      at.systemd.write('/etc/systemd/system/stubborn.timer', '[Timer]\nOnActiveSec=1h\n');
      at.systemd.write(
        '/etc/systemd/system/stubborn.socket',
        `[Socket]\nListenStream=${at.shared}/stubborn.sock\n`,
      );
      at.systemd.run('systemctl', 'start', 'stubborn.socket', 'stubborn', 'stubborn.timer');

      const hangs = await at.systemd.failure(target, 'runtime.stop', { gently: true });
      const timer = at.state('stubborn.timer');
      const again = await at.systemd.ask(target, 'runtime.start');

      expect(hangs).toMatchObject({
        type: 'StopHangs',
        message: expect.stringContaining('Cannot end unit "stubborn.service": active (running'),
      });
      expect(timer).toBe('inactive');
      expect(again).toMatchObject({ changed: false });
      expect(at.state('stubborn.timer')).toBe('active');
      // systemd takes no socket while its service runs: it stays held, and is back with the next start.
      expect(at.state('stubborn.socket')).toBe('inactive');
      expect((await at.describe(target)).detail).toMatch(
        /Held since its stop.*: stubborn\.socket$/m,
      );
      at.systemd.run('systemctl', 'stop', 'stubborn.timer');
      // Who does not ask gently has it killed.
      await at.systemd.ask(target, 'runtime.stop');
      expect(at.state('stubborn')).not.toBe('active');
      expect(await at.systemd.ask<number[]>(target, 'driver.pids')).toEqual([]);
      await at.systemd.ask(target, 'runtime.start');
      expect(at.state('stubborn.socket')).toBe('active');
      await at.systemd.ask(target, 'runtime.stop');
    });

    test('leaves nobody behind whom its unit would leave', async () => {
      const target = at.world('leaves', [
        'ExecStart=/bin/sh -c "sleep 1001 & exec sleep 1000"',
        'KillMode=process',
      ]);
      await at.systemd.ask(target, 'runtime.start');

      await at.systemd.ask(target, 'runtime.stop');

      expect(at.systemd.tries('sh', '-c', 'grep -lzx 100[1] /proc/[0-9]*/cmdline')).toBe(false);
    });

    test('is held still, and goes on; one with a watchdog is not', async () => {
      const target = at.world('still', [
        'ExecStart=/bin/sh -c "sleep 1000 & while :; do :; sleep 0.1; done"',
      ]);
      const watched = at.world('watched', [SLEEPS, 'WatchdogSec=1h']);
      await at.systemd.ask(target, 'runtime.start');
      await at.systemd.ask(watched, 'runtime.start');

      await at.systemd.ask(target, 'runtime.freeze');
      const { instances } = await at.systemd.ask<Instances>(target, 'instances.of');
      const pids = await at.systemd.ask<number[]>(target, 'driver.pids');
      const states = pids.map((pid) =>
        at.systemd.run('sh', '-c', `cut -d' ' -f3 /proc/${pid}/stat`).trim(),
      );
      await at.systemd.ask(target, 'runtime.thaw');
      const after = await at.systemd.ask<Instances>(target, 'instances.of');
      const refused = await at.systemd.failure(watched, 'runtime.freeze');

      expect(instances).toMatchObject([{ state: 'held still' }]);
      expect(new Set(states)).toEqual(new Set(['T']));
      expect(after.instances).toMatchObject([{ state: 'running' }]);
      expect(refused).toMatchObject({
        type: 'FreezeHangs',
        message: expect.stringContaining('WatchdogSec'),
      });
      // A stop ends who is held still.
      await at.systemd.ask(target, 'runtime.freeze');
      await at.systemd.ask(target, 'runtime.stop');
      expect(at.state('still')).toBe('inactive');
      await at.systemd.ask(watched, 'runtime.stop');
    });
  },
);
