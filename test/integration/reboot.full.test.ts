import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { stringify } from 'yaml';
import type { Description } from '../../src/activities/runtime/driver.ts';
import { startRun } from '../../src/client/runs/start-run.ts';
import { viewRun } from '../../src/client/runs/view-run.ts';
import type { Runtime, SqliteTarget } from '../../src/config/schema/target.ts';
import { createSampleDatabase, SAMPLE_TABLE } from '../../src/dev/demo/sample-database.ts';
import { makeNamespace } from '../cli/support/served.ts';
import { built } from '../support/built.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { type BootedSystemd, bootSystemd } from '../support/systemd/booted-systemd.ts';
import { whyNoSystemd } from '../support/systemd/system-tree.ts';
import { targetIn } from '../support/target.ts';

const NAMESPACE = 'reboot';
const SOON = { timeout: 90_000, interval: 100 };
const WORKER = '/etc/systemd/system/runbook.service';
const SHOP = '/etc/systemd/system/shop.service';

// Skipped where this is not root, or debootstrap and systemd-nspawn are not on PATH.
describe.skipIf(whyNoSystemd)(
  'a machine that starts anew (needs root, debootstrap and systemd-nspawn)',
  () => {
    let shared: string;
    let connection: Connection;
    let client: Client;
    /** A unit that nobody has enabled. */
    let shop: SqliteTarget;
    /** A process that only we start. */
    let stall: SqliteTarget;
    let machine: BootedSystemd;
    let boots = 0;

    beforeAll(async () => {
      shared = mkdtempSync(join(tmpdir(), 'reboot-'));
      mkdirSync(join(shared, 'targets'));
      connection = await Connection.connect({ address: inject('temporal').address });
      client = new Client({ connection, namespace: NAMESPACE });
      await makeNamespace(client);
      shop = await makeTarget('shop', () => ({ kind: 'systemd', unit: 'shop.service' }));
      stall = await makeTarget('stall', (command) => ({ kind: 'process', command }));
      await boot();
      await play(shop, 'start-application');
      await play(stall, 'start-application');
    }, 900_000);

    afterAll(async () => {
      await machine?.stop();
      await connection.close();
      rmSync(shared, { recursive: true, force: true });
    });

    test('has its applications started, each by one run, after the power was cut', async () => {
      const before = [bootIn(shop), bootIn(stall)];
      await machine.stop();

      await boot();
      const runs = [await startedAtBoot(shop), await startedAtBoot(stall)];
      for (const run of runs) await client.workflow.getHandle(run).result();

      expect(new Set(before).size).toBe(1);
      expect(new Set([...before, bootIn(shop), bootIn(stall)]).size).toBe(2);
      for (const run of runs)
        expect(await viewRun(client, run)).toMatchObject({
          ending: { outcome: 'done', output: { started: true } },
        });
      expect(await isUp(shop)).toBe(true);
      expect(await isUp(stall)).toBe(true);
    });

    test('starts nothing when only its worker is started anew, and ends nothing', async () => {
      const { detail } = await machine.ask<Description>(stall, 'runtime.describe');

      machine.run('systemctl', 'restart', 'runbook');
      await vi.waitFor(() => expect(saidBy(boots).match(/^Serving /gm)).toHaveLength(2), SOON);

      expect((await machine.ask<Description>(stall, 'runtime.describe')).detail).toBe(detail);
      expect(saidBy(boots).match(/Started start-application/g)).toHaveLength(2);
    });

    test('leaves down what was stopped on purpose before', async () => {
      await play(shop, 'stop-application', { until: '2h' });
      await play(stall, 'stop-application', { until: '2h' });
      await machine.stop();

      await boot();
      await vi.waitFor(() => expect(saidBy(boots).match(/stays down/g)).toHaveLength(2), SOON);

      expect(saidBy(boots)).toMatch(/"shop" stays down\. Stopped on purpose by test/);
      expect(saidBy(boots)).not.toContain('Started start-application');
      expect([await isUp(shop), await isUp(stall)]).toEqual([false, false]);
    });

    test('starts nothing twice: what systemd has started runs already', async () => {
      await play(shop, 'start-application');
      await machine.stop();

      await boot(() => machine.run('systemctl', 'start', 'shop'));
      await vi.waitFor(() => expect(saidBy(boots)).toMatch(/"shop" runs already/), SOON);

      expect(saidBy(boots)).not.toContain('Started start-application/shop');
    });

    /** Boots it. What it has on its disk is not kept: its units are written anew, and the worker's starts with it. */
    async function boot(first: () => unknown = () => {}): Promise<void> {
      boots += 1;
      machine = await bootSystemd(shared);
      machine.write(
        SHOP,
        `[Service]\nExecStart=${commandOf(shop).join(' ')}\nWorkingDirectory=${shop.directory}\n`,
      );
      first();
      const { address } = inject('temporal');
      machine.write(
        WORKER,
        [
          '[Service]',
          `ExecStart=${process.execPath} ${built('src/cli/main.ts')} worker shop stall`,
          `Environment=RUNBOOK_TARGETS=${join(shared, 'targets')} HOME=${shared}`,
          `Environment=TEMPORAL_ADDRESS=${address} TEMPORAL_NAMESPACE=${NAMESPACE}`,
          `StandardError=append:${heardFrom(boots)}`,
          // As docs/hardening.md has it: the application is a child of the worker, and outlives it.
          'KillMode=process',
          '',
        ].join('\n'),
      );
      machine.run('systemctl', 'start', 'runbook');
      await vi.waitFor(() => expect(saidBy(boots)).toMatch(/^Serving shop/m), SOON);
    }

    function heardFrom(time: number): string {
      return join(shared, `worker-${time}.log`);
    }

    function saidBy(time: number): string {
      return readFileSync(heardFrom(time), 'utf8');
    }

    async function startedAtBoot({ name }: SqliteTarget): Promise<string> {
      const line = new RegExp(
        `^This machine started anew\\. Started (start-application/${name}/\\S+)$`,
        'm',
      );
      return vi.waitFor(() => {
        const [, run] = line.exec(saidBy(boots)) ?? [];
        if (run === undefined) throw new Error(saidBy(boots));
        return run;
      }, SOON);
    }

    async function isUp(target: SqliteTarget): Promise<boolean> {
      return (await machine.ask<Description>(target, 'runtime.describe')).running;
    }

    function bootIn({ state }: SqliteTarget): string {
      const record = JSON.parse(readFileSync(join(state, 'boot.json'), 'utf8')) as { boot: string };
      return record.boot;
    }

    async function play(target: SqliteTarget, runbook: string, input: object = {}): Promise<void> {
      const asked = { runbook, target: target.name, input, by: 'test', because: 'of the test' };
      const run = await startRun(client, asked);
      await client.workflow.getHandle(run).result();
    }

    async function makeTarget(
      name: string,
      runtimeBy: (command: string[]) => object,
    ): Promise<SqliteTarget> {
      const directory = join(shared, name);
      mkdirSync(join(directory, 'backups'), { recursive: true });
      const port = await reservedPort();
      const url = `http://127.0.0.1:${port}`;
      const file = join(directory, 'demo.db');
      createSampleDatabase(file, { rows: 2000 });
      const made = targetIn(directory, {
        name,
        runsAs: { user: 'root' },
        decisions: { wait: '0s', waitWhileDown: '0s' },
        escalation: [],
        figures: { every: 'off' },
        runtime: { ...runtimeBy(appOf(file, port)), startAtBoot: true } as Runtime,
        app: {
          kind: 'web',
          url,
          health: `${url}/_stcore/health`,
          port,
          timeout: '5s',
          ready: { within: '30s', every: '1s' },
        },
        database: { kind: 'sqlite', file, keyTable: SAMPLE_TABLE, mode: '600' },
      });
      writeFileSync(join(shared, 'targets', `${name}.yaml`), stringify(made));
      return made;
    }
  },
);

function appOf(file: string, port: number): string[] {
  return [process.execPath, built('src/dev/demo/sample-app.ts'), file, String(port), '1'];
}

function commandOf({ database, app }: SqliteTarget): string[] {
  return appOf(database.file, app.port!);
}
