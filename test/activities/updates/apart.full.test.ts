import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test, vi } from 'vitest';
import { REPOSITORY, whyNoSystemd } from '../../support/systemd/system-tree.ts';
import { useUnits } from '../../support/systemd/use-units.ts';

const PROGRAM = join(REPOSITORY, 'test/activities/updates/support/run-apart.ts');
const wait = { timeout: 30_000, interval: 100 };

describe.skipIf(whyNoSystemd !== undefined)(
  `apart, beside systemd (${whyNoSystemd ?? 'it'})`,
  () => {
    const units = useUnits();

    test('goes on in a unit of its own when the unit of the worker is killed, and is found by the next attempt', async () => {
      const { systemd, shared } = units;
      const [begun, done] = ['begun', 'done'].map((name) => join(shared, name)) as [string, string];
      const job = `echo once >> ${begun}; sleep 12; echo said; touch ${done}`;
      systemd.run(
        'systemd-run',
        '--quiet',
        '--unit=worker',
        process.execPath,
        PROGRAM,
        'shop-job',
        'sh',
        '-c',
        job,
      );
      await vi.waitFor(() => expect(existsSync(begun)).toBe(true), wait);
      const own = systemd.show('durable-runbooks-shop-job.service', 'ActiveState', 'ControlGroup');

      // All that is in its control group dies with it, whatever session or process group that has made.
      systemd.run('systemctl', 'kill', '--kill-whom=all', '--signal=KILL', 'worker.service');
      await vi.waitFor(() => expect(units.state('worker.service')).not.toBe('active'), wait);
      const survived = units.state('durable-runbooks-shop-job.service');
      const next = systemd.start(process.execPath, PROGRAM, 'shop-job', 'sh', '-c', 'exit 9');
      const [answer] = await Promise.all([buffer(next.stdout!), once(next, 'exit')]);

      expect(own).toMatchObject({ ActiveState: 'active' });
      expect(own['ControlGroup']).toContain('durable-runbooks-shop-job.service');
      expect(survived).toBe('active');
      expect(existsSync(done)).toBe(true);
      expect(readFileSync(begun, 'utf8')).toBe('once\n');
      // The next attempt has waited for the same job, and begun none of its own.
      expect(JSON.parse(answer.toString())).toEqual({ code: 0, output: 'said\n' });
    });
  },
);
