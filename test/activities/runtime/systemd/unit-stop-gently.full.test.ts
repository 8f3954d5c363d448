import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { whyNoSystemd } from '../../../support/systemd/system-tree.ts';
import { until, useUnits } from '../../../support/systemd/use-units.ts';

// Skipped where this is not root, or debootstrap and systemd-nspawn are not on PATH.
describe.skipIf(whyNoSystemd)(
  'a unit of systemd that is asked to end (needs root, debootstrap and systemd-nspawn)',
  () => {
    const at = useUnits();
    const gently = { gently: true };

    test('ends by its own doing, though systemd would start it again', async () => {
      const said = join(at.shared, 'ended');
      const target = at.world('tidy', [
        `ExecStart=/bin/sh -c 'trap "echo own >> ${said}; exit 0" TERM; while :; do sleep 0.1; done'`,
        'Restart=always',
        'RestartSec=100ms',
      ]);
      await at.systemd.ask(target, 'runtime.start');

      await at.systemd.ask(target, 'runtime.stop', gently);

      expect(readFileSync(said, 'utf8')).toMatch(/^own\n/);
      expect(at.state('tidy')).toBe('inactive');
      expect(await at.systemd.ask<number[]>(target, 'driver.pids')).toEqual([]);
    });

    test('ends though it is held still', async () => {
      const target = at.world('held', ['ExecStart=/bin/sh -c "while :; do sleep 0.1; done"']);
      await at.systemd.ask(target, 'runtime.start');
      await at.systemd.ask(target, 'runtime.freeze');

      await at.systemd.ask(target, 'runtime.stop', gently);

      expect(at.state('held')).not.toBe('active');
    });

    test('is asked by its first process alone, where its KillMode says so', async () => {
      const heard = join(at.shared, 'heard');
      const child = `trap "touch ${heard}" TERM; while :; do sleep 0.1; done`;
      at.systemd.write('/srv/child.sh', `${child}\n`);
      const target = at.world('mixed', [
        `ExecStart=/bin/sh -c 'sh /srv/child.sh & trap "sleep 1; exit 0" TERM; while :; do sleep 0.1; done'`,
        'KillMode=mixed',
      ]);
      await at.systemd.ask(target, 'runtime.start');

      await at.systemd.ask(target, 'runtime.stop', gently);

      expect(existsSync(heard)).toBe(false);
      expect(await at.systemd.ask<number[]>(target, 'driver.pids')).toEqual([]);
    });

    test('has not ended while a child lives on that its KillMode spares, and that is said', async () => {
      const target = at.world('spares', [
        'ExecStart=/bin/sh -c "sleep 1002 & exec sleep 1000"',
        'KillMode=process',
      ]);
      await at.systemd.ask(target, 'runtime.start');

      const hangs = await at.systemd.failure(target, 'runtime.stop', gently);
      const spared = await at.systemd.ask<number[]>(target, 'driver.pids');
      await at.systemd.ask(target, 'runtime.stop');

      expect(hangs).toMatchObject({
        type: 'StopHangs',
        message: expect.stringMatching(/Cannot end unit "spares\.service".*processes \d+ \(S\)$/),
      });
      expect(spared).toHaveLength(1);
    });

    test('with a command of its own for its end is stopped by that, and by its own policy', async () => {
      const asked = join(at.shared, 'asked');
      const target = at.world('commands', [
        'ExecStart=/bin/sh -c "trap : TERM; while :; do sleep 0.1; done"',
        `ExecStop=/bin/sh -c "touch ${asked}"`,
        'TimeoutStopSec=1h',
      ]);
      await at.systemd.ask(target, 'runtime.start');

      const hangs = await at.systemd.failure(target, 'runtime.stop', gently);

      expect(existsSync(asked)).toBe(true);
      expect(hangs.message).toMatch(
        /deactivating.*systemd kills it 1h after it was asked, by its TimeoutStopSec$/,
      );
      await at.systemd.ask(target, 'runtime.stop');
      await until(() => at.state('commands') !== 'deactivating');
      expect(await at.systemd.ask<number[]>(target, 'driver.pids')).toEqual([]);
    });

    test('has noted what it holds before it holds it', async () => {
      const target = at.world('noted', ['ExecStart=/bin/sleep 1000']);
      at.systemd.write('/etc/systemd/system/noted.timer', '[Timer]\nOnActiveSec=1h\n');
      at.systemd.run('systemctl', 'start', 'noted', 'noted.timer');
      // A state directory that takes nothing: whoever cannot note what was there must not take it away.
      at.systemd.run(
        'sh',
        '-c',
        `rm -rf ${target.state}; mkdir -p ${target.directory}; touch ${target.state}`,
      );

      const refused = await at.systemd.failure(target, 'driver.stop', gently);

      expect(refused.type ?? refused.message).toBeDefined();
      expect([at.state('noted'), at.state('noted.timer')]).toEqual(['active', 'active']);
      at.systemd.run('rm', target.state);
      await at.systemd.ask(target, 'driver.stop', gently);
      expect([at.state('noted'), at.state('noted.timer')]).toEqual(['inactive', 'inactive']);
    });
  },
);
