import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Instances } from '../../../../src/activities/runtime/instance.ts';
import { whyNoSystemd } from '../../../support/systemd/system-tree.ts';
import { until, useUnits } from '../../../support/systemd/use-units.ts';

const SLEEPS = 'ExecStart=/bin/sleep 1000';

// Skipped where this is not root, or debootstrap and systemd-nspawn are not on PATH.
describe.skipIf(whyNoSystemd)(
  'a unit of systemd that is started (needs root, debootstrap and systemd-nspawn)',
  () => {
    const at = useUnits();

    test('is started, told, and stopped with all that it started', async () => {
      const target = at.world('plain', [
        'ExecStart=/bin/sh -c "setsid sleep 1000 & exec sleep 1000"',
      ]);

      const started = await at.systemd.ask(target, 'runtime.start');
      const running = await at.describe(target);
      const pids = await at.systemd.ask<number[]>(target, 'driver.pids');
      const { instances } = await at.systemd.ask<Instances>(target, 'instances.of');
      const stopped = await at.systemd.ask(target, 'runtime.stop');

      expect(started).toMatchObject({ changed: true });
      expect(running).toMatchObject({ running: true });
      expect(running.detail).toMatch(/^active \(running, pid \d+, started 20\S+Z\)$/);
      expect(running.startsAgain).toBeUndefined();
      expect(pids).toHaveLength(2);
      expect(instances).toMatchObject([{ name: 'plain.service', state: 'running', restarts: 0 }]);
      expect(stopped).toMatchObject({ changed: true });
      expect(await at.describe(target)).toEqual({ running: false, detail: 'inactive (dead)' });
      for (const pid of pids) expect(at.systemd.tries('test', '-e', `/proc/${pid}`)).toBe(false);
    });

    test('that ends at once is not started: how, and its last lines are told', async () => {
      const dies = at.world('dies', ['ExecStart=/bin/sh -c "echo no database; exit 3"']);
      const absent = at.world('absent', ['ExecStart=/opt/not/there']);
      const stranger = at.world('stranger', ['User=nobody-here', SLEEPS]);

      expect(await at.systemd.failure(dies, 'runtime.start')).toMatchObject({
        type: 'StartFailed',
        message: expect.stringMatching(/ended at once \(exit code 3\): failed[^]*no database/),
      });
      expect((await at.systemd.failure(absent, 'runtime.start')).message).toContain(
        "exit code 203, which is systemd's: its program cannot be run",
      );
      expect((await at.systemd.failure(stranger, 'runtime.start')).message).toContain(
        "exit code 217, which is systemd's: its user is not there",
      );
      expect(await at.describe(dies)).toMatchObject({
        running: false,
        detail: 'failed (failed, exit code 3)',
      });
    });

    test('prints nothing that a terminal would obey', async () => {
      const target = at.world('colours', [
        'ExecStart=/bin/sh -c "printf \'\\\\033[31mred\\\\033[0m\\\\n\'; sleep 1000"',
      ]);

      await at.systemd.ask(target, 'runtime.start');
      const { lines } = await at.systemd.ask<{ lines: string[] }>(target, 'runtime.logs', 20);
      await at.systemd.ask(target, 'runtime.stop');

      expect(lines.join('\n')).toContain('red');
      expect(lines.join('\n')).not.toContain('\u001B');
    });

    test('that systemd has given up is started again, and that is told', async () => {
      const flag = join(at.shared, 'sound');
      const target = at.world(
        'limited',
        [`ExecStart=/bin/sh -c "test -e ${flag} && exec sleep 1000"`],
        {
          more: ['[Unit]', 'StartLimitBurst=2', 'StartLimitIntervalSec=1h'],
        },
      );
      for (let tries = 0; tries < 3; tries += 1) at.systemd.tries('systemctl', 'start', 'limited');
      at.systemd.run('touch', flag);
      // A control: systemd itself refuses it.
      expect(at.systemd.tries('systemctl', 'start', 'limited')).toBe(false);

      const { note } = await at.systemd.ask<{ note: string }>(target, 'runtime.start');

      expect(note).toContain('systemd had given it up');
      expect(await at.describe(target)).toMatchObject({ running: true });
      await at.systemd.ask(target, 'runtime.stop');
    });

    test('that ends and is started again and again does not run, and can be stopped', async () => {
      const target = at.world(
        'loops',
        ['ExecStart=/bin/sh -c "sleep 0.3; exit 1"', 'Restart=always', 'RestartSec=50ms'],
        {
          more: ['[Unit]', 'StartLimitIntervalSec=0'],
        },
      );
      at.systemd.run('systemctl', 'start', 'loops');
      await until(() => Number(at.systemd.show('loops', 'NRestarts')['NRestarts']) >= 3);

      const seen = await at.describe(target);
      await at.systemd.ask(target, 'runtime.stop');

      expect(seen).toMatchObject({ running: false, restarting: true });
      expect(seen.detail).toMatch(/^restarts again and again \(.*restarted \d+ times/);
      await sleep(500);
      expect(at.state('loops')).toBe('inactive');
    });

    test('comes back by itself after kill -9, and not after our stop', async () => {
      const target = at.world('always', [SLEEPS, 'Restart=always', 'RestartSec=100ms']);
      await at.systemd.ask(target, 'runtime.start');
      at.systemd.run('systemctl', 'kill', '-s', 'KILL', 'always');
      await until(() => at.systemd.show('always', 'NRestarts', 'ActiveState')['NRestarts'] === '1');

      await at.systemd.ask(target, 'runtime.stop', { gently: true });

      await sleep(500);
      expect(at.state('always')).toBe('inactive');
    });
  },
);
