import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { viewRun } from '../../src/client/runs/view-run.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { createSampleDatabase, SAMPLE_TABLE } from '../../src/dev/demo/sample-database.ts';
import { built } from '../support/built.ts';
import { addMark, readMarks } from '../support/marks.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { type Runs, test as base } from '../support/run.ts';
import { type BootedSystemd, bootSystemd } from '../support/systemd/booted-systemd.ts';
import { whyNoSystemd } from '../support/systemd/system-tree.ts';
import { targetIn } from '../support/target.ts';
import type { WorkerProcessConfig } from '../support/worker-process.ts';

type Kill = NonNullable<WorkerProcessConfig['kill']>;

// Skipped where this is not root, or debootstrap and systemd-nspawn are not on PATH.
describe.skipIf(whyNoSystemd)(
  'a target of systemd (needs root, debootstrap and systemd-nspawn)',
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

    const test = base.extend<{ world: SqliteTarget }>({
      world: async ({}, use) => {
        const directory = mkdtempSync(join(shared, 'world-'));
        const port = await reservedPort();
        const url = `http://127.0.0.1:${port}`;
        const file = join(directory, 'demo.db');
        createSampleDatabase(file, { rows: 2000 });
        mkdirSync(join(directory, 'backups'));
        writeFileSync(join(directory, 'shop.env'), 'LEVEL=1\n');
        const command = [process.execPath, built('src/dev/demo/sample-app.ts'), file, port, 1];
        systemd.write(
          '/etc/systemd/system/shop.service',
          [
            '[Service]',
            `ExecStart=${command.join(' ')}`,
            `WorkingDirectory=${directory}`,
            `EnvironmentFile=${directory}/shop.env`,
            'Restart=always',
            'RestartSec=1s',
            '[Install]',
            'WantedBy=multi-user.target',
            '',
          ].join('\n'),
        );
        systemd.write(
          '/etc/systemd/system/shop-jobs.service',
          '[Unit]\nPartOf=shop.service\n[Service]\nExecStart=/bin/sleep 1000\n',
        );
        systemd.run('systemctl', 'enable', '-q', 'shop');
        systemd.run('systemctl', 'start', 'shop', 'shop-jobs');
        await use(
          targetIn(directory, {
            decisions: { wait: '0s', waitWhileDown: '0s' },
            escalation: [],
            runtime: {
              kind: 'systemd',
              unit: 'shop.service',
              stopGrace: '10s',
              environment: ['LEVEL'],
            },
            app: {
              kind: 'web',
              url,
              health: `${url}/_stcore/health`,
              timeout: '5s',
              ready: { within: '30s', every: '1s' },
            },
            database: { kind: 'sqlite', file, keyTable: SAMPLE_TABLE, mode: '600' },
          }),
        );
        systemd.run('systemctl', 'stop', 'shop-jobs', 'shop');
        systemd.run(
          'sh',
          '-c',
          'rm -rf /etc/systemd/system/shop* /etc/systemd/system.control && systemctl daemon-reload',
        );
      },
    });

    function startWorker(world: SqliteTarget, runs: Runs, kill?: Kill): ChildProcess {
      const codePath = join(shared, 'workflows.js');
      copyFileSync(inject('workflowBundle'), codePath);
      const config = {
        ...inject('temporal'),
        target: world,
        queue: runs.queue,
        codePath,
        ...(kill && { kill }),
      };
      const file = join(shared, `worker-${crypto.randomUUID()}.json`);
      writeFileSync(file, JSON.stringify(config satisfies WorkerProcessConfig));
      return systemd.start(process.execPath, built('test/support/worker-process.ts'), file);
    }

    function stopWorker(): void {
      systemd.tries(
        'sh',
        '-c',
        'kill -9 $(grep -la worker-process /proc/[0-9]*/cmdline | cut -d/ -f3)',
      );
    }

    async function endingOf(runs: Runs, run: string) {
      await runs.client.workflow
        .getHandle(run)
        .result()
        .catch(() => {});
      const { ending } = await viewRun(runs.client, run);
      if (!ending) throw new Error(`"${run}" has no ending`);
      return ending;
    }

    const active = (...units: string[]) =>
      units.map((unit) => systemd.show(unit, 'ActiveState')['ActiveState']);

    test('is restarted, scaled, stopped, started, found down, recovered and refused an image by the runbooks', async ({
      world,
      runs,
    }) => {
      startWorker(world, runs);
      const play = async (runbook: string, input: object = {}) =>
        endingOf(runs, await runs.start(runbook, input, { because: 'of the test' }));

      const restarted = await play('restart-application');
      expect(restarted).toMatchObject({ outcome: 'done', left: [] });
      expect(active('shop', 'shop-jobs')).toEqual(['active', 'active']);

      const scaled = await play('scale-application', { memory: '512m', cpus: '0.5' });
      expect(scaled).toMatchObject({ outcome: 'done', left: [] });
      expect(systemd.show('shop', 'MemoryMax', 'CPUQuotaPerSecUSec')).toEqual({
        MemoryMax: String(2 ** 29),
        CPUQuotaPerSecUSec: '500ms',
      });
      expect(await play('scale-application', { memory: '512m', cpus: '0.5' })).toMatchObject({
        outcome: 'done',
        output: { scaled: false },
      });
      await play('scale-application', { cpus: '2' });

      const stopped = await play('stop-application', { until: '1h' });
      expect(stopped).toMatchObject({
        outcome: 'done',
        output: { startsAgain: expect.stringContaining('"shop.service" is enabled') },
      });
      expect(active('shop', 'shop-jobs')).toEqual(['inactive', 'inactive']);

      const started = await play('start-application');
      expect(started).toMatchObject({ outcome: 'done' });
      expect(active('shop', 'shop-jobs')).toEqual(['active', 'active']);

      systemd.run('systemctl', 'stop', 'shop');
      expect(await play('application-down')).toMatchObject({ outcome: 'done' });
      expect(active('shop')).toEqual(['active']);

      expect(await play('daily-backup')).toMatchObject({ outcome: 'done' });
      addMark(world, 'written after the backup');
      const recovered = await play('database-recovery', { backup: 'latest' });
      expect(recovered).toMatchObject({ outcome: 'done', left: [] });
      expect(readMarks(world)).toEqual([]);

      expect(await play('rebuild-application')).toMatchObject({
        outcome: 'failed',
        failure: { message: expect.stringContaining('is a unit of systemd, and has no image') },
      });

      rmSync(join(world.directory, 'shop.env'));
      expect(await play('restart-application')).toMatchObject({
        outcome: 'failed',
        failure: { message: expect.stringContaining('does not start without its EnvironmentFile') },
      });
      expect(active('shop')).toEqual(['active']);
      expect(
        systemd.run(process.execPath, built('src/cli/main.ts'), 'target', 'init', world.directory),
      ).toMatch(/kind: systemd\n  unit: shop.service/);
      stopWorker();
    });

    for (const activity of ['runtime.stop', 'runtime.start'])
      test(`is restarted by a run whose worker is killed with -9 during ${activity}`, async ({
        world,
        runs,
      }) => {
        const first = startWorker(world, runs, { activity, when: 'during' });
        const run = await runs.start('restart-application', {}, { because: 'of the test' });
        await once(first, 'exit');
        startWorker(world, runs);

        const ending = await endingOf(runs, run);

        expect(ending).toMatchObject({ outcome: 'done', left: [] });
        expect(active('shop', 'shop-jobs')).toEqual(['active', 'active']);
        stopWorker();
      });
  },
);
