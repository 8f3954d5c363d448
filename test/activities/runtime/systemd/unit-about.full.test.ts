import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Part } from '../../../../src/cli/manual/page.ts';
import {
  looked as manualLook,
  started as manualStart,
  stopped as manualStop,
} from '../../../../src/cli/manual/parts/runtime.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { whyNoSystemd } from '../../../support/systemd/system-tree.ts';
import { useUnits } from '../../../support/systemd/use-units.ts';

const SLEEPS = 'ExecStart=/bin/sleep 1000';

// Skipped where this is not root, or debootstrap and systemd-nspawn are not on PATH.
describe.skipIf(whyNoSystemd)(
  'a unit of systemd that is looked at (needs root, debootstrap and systemd-nspawn)',
  () => {
    const at = useUnits();

    test('that is masked or missing is refused, and one that is enabled or changed is told', async () => {
      const target = at.world('told', [SLEEPS], {
        more: ['[Install]', 'WantedBy=multi-user.target'],
      });
      at.systemd.run('systemctl', 'enable', 'told');
      await at.systemd.ask(target, 'runtime.start');
      at.systemd.run('sh', '-c', 'sleep 1; echo "Nice=1" >> /etc/systemd/system/told.service');

      const seen = await at.describe(target);
      await at.systemd.ask(target, 'runtime.stop');
      at.systemd.run(
        'sh',
        '-c',
        'rm /etc/systemd/system/told.service; systemctl daemon-reload; systemctl mask told',
      );
      const masked = await at.systemd.failure(target, 'runtime.start');
      at.systemd.run('systemctl', 'unmask', 'told');
      const missing = await at.systemd.failure(target, 'runtime.describe');

      expect(seen.startsAgain).toContain('is enabled: systemd starts it again');
      expect(seen.detail).toContain('were changed since systemd has read them');
      expect(masked).toMatchObject({
        type: 'NotStartable',
        message: expect.stringContaining('is masked'),
      });
      expect(missing).toMatchObject({ type: 'ServiceUnknown' });
    });

    test('is not stopped by who may not, which is said in a sentence', async () => {
      const target = at.world('guarded', [SLEEPS]);
      await at.systemd.ask(target, 'runtime.start');

      const refused = await at.systemd.failureAs(65534, target, 'driver.stop');

      expect(refused).toMatchObject({
        type: 'NotPermitted',
        message: expect.stringContaining('Only root may do that'),
      });
      expect(at.state('guarded')).toBe('active');
      await at.systemd.ask(target, 'runtime.stop');
    });

    test('gets limits while it runs and for good, and goes back to what it had exactly', async () => {
      const target = at.world('scaled', [SLEEPS, 'MemoryMax=300M']);
      await at.systemd.ask(target, 'runtime.start');
      const stamp = '20260105_020000';
      const wanted = { memory: 200 * 2 ** 20, cpus: 0.5 };
      const limits = () =>
        at.systemd.show(
          'scaled',
          'MemoryMax',
          'CPUQuotaPerSecUSec',
          'NeedDaemonReload',
          'MainPID',
          'DropInPaths',
        );
      const before = limits();

      const found = await at.systemd.ask(target, 'limits.find', wanted, 1);
      await at.systemd.ask(target, 'limits.set', stamp, wanted);
      await at.systemd.ask(target, 'limits.persist', stamp, wanted);
      const proven = await at.systemd.ask<{ note: string }>(target, 'limits.expectSet', wanted);
      const set = limits();
      await at.systemd.ask(target, 'limits.goBack', stamp);

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
        at.systemd.tries(
          'sh',
          '-c',
          'ls /etc/systemd/system.control/scaled.service.d/* /run/systemd/system.control/scaled.service.d/*',
        ),
      ).toBe(false);
      await at.systemd.ask(target, 'runtime.stop');
    });

    test('goes back in its limits also by a second try, and leaves those of others', async () => {
      const target = at.world('again', [SLEEPS, 'MemoryMax=300M']);
      await at.systemd.ask(target, 'runtime.start');
      const limit = () => at.systemd.show('again', 'MemoryMax', 'NeedDaemonReload');
      const scale = async (stamp: string) => {
        await at.systemd.ask(target, 'limits.set', stamp, { memory: 200 * 2 ** 20 });
        await at.systemd.ask(target, 'limits.persist', stamp, { memory: 200 * 2 ** 20 });
      };

      await scale('20260105_020000');
      // As far as a try came that was killed.
      at.systemd.run('systemctl', 'set-property', '--runtime', 'again.service', 'MemoryMax=300M');
      const first = await at.systemd.ask(target, 'limits.goBack', '20260105_020000');
      const back = limit();
      await scale('20260105_030000');
      at.systemd.run('systemctl', 'set-property', 'again.service', 'MemoryMax=250M');
      const second = await at.systemd.ask(target, 'limits.goBack', '20260105_030000');

      expect(first).toEqual({ changed: true });
      expect(back).toEqual({ MemoryMax: String(300 * 2 ** 20), NeedDaemonReload: 'no' });
      expect(second).toMatchObject({ stays: expect.stringContaining('set by somebody else') });
      expect(limit()['MemoryMax']).toBe(String(250 * 2 ** 20));
      await at.systemd.ask(target, 'runtime.stop');
    });

    test('is compared with all files that it is made of', async () => {
      at.systemd.write(
        '/etc/systemd/system/made.service.d/more.conf',
        '[Service]\nEnvironmentFile=/etc/made.env\n',
      );
      at.systemd.write('/etc/made.env', 'LEVEL=1\n');
      const target = at.world('made', [SLEEPS]);
      await at.systemd.ask(target, 'runtime.start');

      const { note } = await at.systemd.ask<{ note: string }>(target, 'runtime.noteKnownGood');
      const record = readFileSync(join(target.state, 'known-good.json'), 'utf8');

      expect(note).toBe('3 files of configuration');
      for (const file of ['system/made.service"', 'more.conf"', '/etc/made.env"'])
        expect(record).toContain(file);
      await at.systemd.ask(target, 'runtime.stop');
    });

    test('is stopped and started by what the manual says to type', async () => {
      const target = at.world('typed', [SLEEPS, 'TimeoutStopSec=2s']);
      at.systemd.write(
        '/etc/systemd/system/typed.timer',
        '[Timer]\nOnActiveSec=1h\nOnUnitInactiveSec=300ms\n',
      );
      at.systemd.run('systemctl', 'start', 'typed', 'typed.timer');
      // "systemctl status" fails for what is down: no line of a page is the end of it.
      const type = (...parts: Pick<Part, 'type'>[]) => {
        const lines = ['db=/etc/hostname', ...parts.flatMap((part) => part.type ?? [])];
        return at.systemd.run('sh', '-c', lines.join('\n'));
      };
      const between = { type: ['sleep 0.6', 'systemctl is-active typed.service typed.timer'] };

      const looked = type(manualLook(target));
      const said = type(...manualStop(target), between, ...manualStart(target));

      expect(looked).toContain('TriggeredBy=typed.timer');
      expect(said).toMatch(/\ninactive\ninactive\n$/);
      expect([at.state('typed'), at.state('typed.timer')]).toEqual(['active', 'active']);
      at.systemd.run('systemctl', 'stop', 'typed.timer', 'typed');
    });

    test('has its environment looked at, and never told', async () => {
      const lines = [
        SLEEPS,
        'Environment=LEVEL=1 "NAME=two words" EMPTY=',
        'EnvironmentFile=/etc/judged.env',
      ];
      const target = at.world('judged', lines, { environment: ['LEVEL', 'NAME', 'TOKEN'] });
      const empty = at.world('judged-empty', lines, { environment: ['EMPTY', 'MISSING'] });

      const without = await environmentOf(target);
      at.systemd.run('sh', '-c', 'echo TOKEN=hunter2 > /etc/judged.env');
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
    async function environmentOf(target: SqliteTarget) {
      const { lines } = await at.systemd.ask<{
        lines: { line: string; state: string; finding: string }[];
      }>(target, 'lifecycle.checkStartup');
      return lines.find(({ line }) => line === 'Environment variables are set');
    }
  },
);
