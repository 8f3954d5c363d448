import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { startRun } from '../../../src/client/runs/start-run.ts';
import { viewServing } from '../../../src/client/serving/view-serving.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Ending } from '../../../src/engine/run/ending.ts';
import { main } from '../../cli/support/runbook.ts';
import { makeNamespace } from '../../cli/support/served.ts';
import { startWorkerCommand, type WorkerCommand } from '../../cli/support/worker-command.ts';
import { endingOf } from '../../support/ending-of.ts';
import { bytesOf } from '../twins/twins.ts';
import { makeDisk, rowsOn } from './shop-on-host.ts';
import { type Host, openTo, startHost, type Typed, typeOn, whyNoHosts } from './hosts.ts';

const SOON = { timeout: 60_000, interval: 50 };
/** A host is gone when it was not heard of for 70 s. */
const SILENCE = { timeout: 120_000, interval: 2000 };
const ROUNDS = 4;

describe.skipIf(whyNoHosts !== undefined)(
  `two hosts and one Temporal (${whyNoHosts ?? 'namespaces of network, mounts, processes and names'})`,
  () => {
    let directory: string;
    /** On each host, what is its own disk. */
    let mount: string;
    let connection: Connection;
    let client: Client;
    let hosts: Host[];
    let close: (() => void)[];
    let addresses: Map<string, string>;

    beforeEach(async ({ task }) => {
      directory = mkdtempSync(join(tmpdir(), 'two-hosts-'));
      mount = join(directory, 'srv');
      mkdirSync(mount);
      hosts = [];
      close = [];
      addresses = new Map();
      connection = await Connection.connect({ address: inject('temporal').address });
      client = new Client({ connection, namespace: `hosts-${task.id.replaceAll(/\W/g, '')}` });
      await makeNamespace(client);
    });
    afterEach(async () => {
      for (const host of hosts) await host.end();
      for (const one of close) one();
      await connection.close();
      rmSync(directory, { recursive: true, force: true });
    });

    test('whose first is gone with its disk: the second serves what it restores, and what began on the first waits until somebody ends it', async () => {
      const { one, worker } = await openShop();
      const { pid } = (await viewServing(client, 'shop'))!.last!;
      const two = await boot('two');
      makeDisk(two, mount);
      const began = Date.now();
      const twin = await type(two, 'worker', 'shop', '--no-schedules');
      const took = Date.now() - began;
      const signer = (await type(one, 'backups', 'key', '-t', 'shop')).stdout.trim();
      const run = await startRecovery();
      await one.end();
      await worker.ended;

      // As the second disk, or a bucket, would have them.
      cpSync(join(one.disk, 'backups'), join(two.disk, 'backups'), { recursive: true });
      makeDisk(two, mount, { signers: [signer] });
      const early = await type(two, 'worker', 'shop', '--no-schedules');
      const second = serve(two, '--take-over');
      await second.hears(/^Serving shop/);
      const explained = await vi.waitFor(async () => {
        const { stdout } = await type(two, 'explain', run);
        expect(stdout).toMatch(/^Waiting for the place/);
        return stdout;
      }, SOON);
      const doctor = await type(two, 'doctor', 'shop');
      const status = await type(two, 'status', 'shop', '--ask');
      await client.workflow.getHandle(run).terminate('its host is gone');
      const recovery = await play('database-recovery', { backup: 'latest' });
      const reading = await play('health-check');

      const who = `process ${pid} on host "one" (state in "${join(mount, '.runbook')}")`;
      for (const { exitCode, stderr } of [twin, early]) {
        expect(exitCode).toBe(2);
        expect(stderr).toContain(`"shop" is served from another place: by ${who}, since 2`);
        expect(stderr).toContain('to move "shop" here: runbook worker shop --take-over');
      }
      expect(took).toBeLessThan(5000);
      expect(explained).toContain('this run began on host "one"');
      expect(explained).toContain('If that host is gone for good, terminate the run in Temporal');
      expect(doctor.stdout).toMatch(/missing {2}Runs of shop: .* this run began on host "one"/);
      expect(status.stdout).toMatch(/this run began on host "one"/);
      expect(reading.outcome).toBe('done');
      expect(recovery).toMatchObject({ outcome: 'done', left: [] });
      expect(await rowsOn(two)).toBeGreaterThan(0);

      // It comes back, with the disk that it had.
      const back = await boot('one', one.disk);
      const refused = await type(back, 'worker', 'shop', '--no-schedules');
      await two.end();
      await second.ended;
      const unserved = await vi.waitFor(async () => {
        const { stdout } = await type(back, 'doctor', 'shop');
        expect(stdout).toContain('No worker serves target "shop"');
        return stdout;
      }, SILENCE);
      const alone = await untilAlone(back);

      expect(refused.stderr).toContain('"shop" is served from another place: by process ');
      expect(unserved).toMatch(/the last was process \d+ on host "two"/);
      expect(unserved).toContain('runbook worker shop --take-over (docs/own-recovery.md)');
      expect(alone).toContain('"shop" was moved to another place: process ');
    });

    test('whose disk is carried over: what began goes on on the second, and the first does nothing when it comes back', async () => {
      const { one, worker } = await openShop();
      const run = await startRecovery();
      await one.signal('SIGSTOP');
      one.cable('down');
      const two = await boot('two');
      cpSync(one.disk, two.disk, { recursive: true });
      const second = serve(two, '--take-over');
      await second.hears(/^Serving shop/);
      const recovery = await endingOf({ client }, run);

      one.cable('up');
      await one.signal('SIGCONT');
      const endings: Ending[] = [];
      // What was under way when it was paused ends with its next heartbeat.
      await sleep(3000);
      const before = bytesOn(one);
      for (let round = 0; round < ROUNDS; round += 1)
        for (const runbook of ['health-check', 'daily-backup', 'log-rotation'])
          endings.push(await play(runbook));
      await worker.hears(/^Serving "shop" no more: it was moved$/);

      // Copied file by file, the proven copy is another file: where it was not live yet, it is not taken for what was proven.
      expect(recovery).toMatchObject({
        outcome: expect.stringMatching(/^(undone|done)$/),
        left: [],
      });
      expect(endings.map(({ outcome, failure }) => failure?.message ?? outcome)).toEqual(
        endings.map(() => 'done'),
      );
      expect(bytesOn(one)).toEqual(before);
      expect(await rowsOn(two)).toBeGreaterThan(0);
      expect(worker.said.join('\n')).toMatch(
        /Warning: "shop" was moved: process \d+ on host "two" .* this worker does nothing any more/,
      );
      const again = await type(one, 'worker', 'shop', '--no-schedules');
      expect(again.stderr).toContain('"shop" is served from another place: by process ');
      await two.end();
      await second.ended;
      const alone = await untilAlone(one);
      expect(alone).toContain('"shop" was moved to another place: process ');
      expect(alone).toContain('runbook worker shop --take-over');
    });

    async function openShop() {
      const one = await boot('one');
      makeDisk(one, mount);
      const worker = serve(one);
      await worker.hears(/^Serving shop/);
      expect((await play('start-application')).outcome).toBe('done');
      expect((await play('daily-backup')).outcome).toBe('done');
      return { one, worker };
    }

    /** Until the application is stopped: nothing but the run writes on its disk. */
    async function startRecovery(): Promise<string> {
      const run = await start('database-recovery', { backup: 'latest' });
      while (!(await hasStopped(run))) await sleep(10);
      return run;
    }

    /** What a worker is told on a host that was left, when nobody else was heard of for long enough. */
    async function untilAlone(host: Host): Promise<string> {
      return vi.waitFor(async () => {
        const { exitCode, stderr } = await type(host, 'worker', 'shop', '--no-schedules');
        expect(exitCode).toBe(2);
        expect(stderr).not.toContain('is served from another place');
        return stderr;
      }, SILENCE);
    }

    async function boot(name: string, disk = join(directory, `disk-${name}`)): Promise<Host> {
      const host = await startHost(name, { disk, mount });
      hosts.push(host);
      const { address, server } = await openTo(host, inject('temporal').address);
      addresses.set(name, address);
      close.push(() => server.close());
      return host;
    }

    function environmentOf({ name }: Host) {
      return {
        HOME: mount,
        XDG_DATA_HOME: join(mount, '.data'),
        RUNBOOK_HOST_DIRECTORY: join(mount, '.host'),
        RUNBOOK_TARGETS: join(mount, 'targets'),
        TEMPORAL_ADDRESS: addresses.get(name)!,
        TEMPORAL_NAMESPACE: client.options.namespace,
      };
    }

    function serve(host: Host, ...flags: string[]): WorkerCommand {
      const words = ['shop', '--no-schedules', ...flags];
      return startWorkerCommand(words, environmentOf(host), main, host.inside);
    }

    function type(host: Host, ...words: string[]): Promise<Typed> {
      return typeOn(host, [process.execPath, main, ...words], environmentOf(host));
    }

    async function start(runbook: string, input: object = {}): Promise<string> {
      return startRun(client, {
        runbook,
        target: 'shop',
        input,
        by: 'test',
        because: 'of the test',
      });
    }

    async function play(runbook: string, input: object = {}): Promise<Ending> {
      return endingOf({ client }, await start(runbook, input));
    }

    async function hasStopped(run: string): Promise<boolean> {
      const { events } = await client.workflow.getHandle(run).fetchHistory();
      const all = events ?? [];
      const stop = all.find(
        ({ activityTaskScheduledEventAttributes: asked }) =>
          asked?.activityType?.name === 'runtime.stop',
      );
      return all.some(
        ({ activityTaskCompletedEventAttributes: done }) =>
          stop && String(done?.scheduledEventId) === String(stop.eventId),
      );
    }

    function bytesOn({ disk }: Host): Record<string, string> {
      return bytesOf({ directory: disk } as SqliteTarget);
    }
  },
);
