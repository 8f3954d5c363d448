import { createServer, type Server } from 'node:net';
import { describe, expect } from 'vitest';
import { readStopped } from '../../../src/state/stopped.ts';
import { whileLocked } from '../../activities/database/support/while-locked.ts';
import { stateOf } from '../../support/locked.ts';
import { type Around, test } from '../../support/run.ts';

const why = { because: 'the disk is changed', by: 'ops-1' } as const;

describe.concurrent('stop-application', () => {
  test('leaves it down for everything but a person, whatever becomes of the worker', async ({
    world,
    systems,
    runs,
  }) => {
    const stop = await runs.run('stop-application', { until: '4h' }, why);
    const record = readStopped(world);
    const down = await runs.run('application-down', { overwrite: 'yes' }, { automatic: true });
    const scheduled = await runs.run('start-application', {}, { automatic: true });
    const restarted = await runs.run('restart-application', {}, { automatic: true });
    const backup = await runs.run('daily-backup', {}, { automatic: true });
    const meanwhile = await systems.runtime.describe();
    const start = await runs.run('start-application');

    const kept = expect.stringMatching(
      /^Stopped on purpose by ops-1 at .* until .* because the disk is changed: runbook start start-application -t test-/,
    );
    const endings = [stop, down, scheduled, restarted, backup, start].map(({ ending }) => ending);
    expect(endings.map(({ outcome, failure }) => failure?.message ?? outcome)).toEqual(
      Array(6).fill('done'),
    );
    expect(stop.ending.output).toMatchObject({ changed: true, stopped: kept });
    expect(stop.ending.notices).toEqual([]);
    expect(Date.parse(record!.until!) - Date.parse(record!.at)).toBe(4 * 3_600_000);
    expect(record).toMatchObject({ by: 'ops-1', run: stop.run });
    expect(down.ending.output).toMatchObject({ diagnosis: kept, tried: [] });
    expect(stateOf(down.ending, 'compare', 'restart')).toEqual(['omitted', 'omitted']);
    expect(scheduled.ending.output).toMatchObject({ started: false });
    expect(restarted.ending.output).toMatchObject({ restarted: false });
    expect(meanwhile.running).toBe(false);
    expect(start.ending.output).toMatchObject({ started: true, wasStopped: kept });
    expect(readStopped(world)).toBeUndefined();
    expect((await systems.app.prove()).rows).toBeGreaterThan(0);
  });

  test('is undone when a stranger listens on its port afterwards', async ({
    world,
    systems,
    runs,
  }) => {
    const stranger = onStop(Number(new URL(world.app.url).port));

    const { ending } = await runs.run('stop-application', {}, { around: stranger.around });

    expect(ending.failure?.message).toMatch(
      /^The application is down\. Port \d+ is taken by .*\(process \d+\)/,
    );
    expect(readStopped(world)).toBeUndefined();
    expect(ending.outcome).toBe('undone');
    expect(await systems.runtime.describe()).toMatchObject({ running: true });
  });

  test('is undone when another process has its database open', async ({ world, systems, runs }) => {
    const { result } = await whileLocked(world, { how: 'reads' }, () =>
      runs.run('stop-application', {}, why),
    );

    expect(result.ending).toMatchObject({ outcome: 'undone', left: [] });
    expect(result.ending.failure?.message).toMatch(
      /Its database: Open in importer \(process \d+\)/,
    );
    expect(readStopped(world)).toBeUndefined();
    expect((await systems.app.prove()).rows).toBeGreaterThan(0);
  });

  test('refuses a time that is over, and stops nothing', async ({ systems, runs }) => {
    const { ending } = await runs.run('stop-application', { until: '2020-01-05T04:00Z' });

    expect(ending).toMatchObject({ outcome: 'failed' });
    expect(ending.failure).toMatchObject({
      type: 'InvalidInput',
      message: '"until" is over already: 2020-01-05T04:00:00.000Z',
    });
    expect(await systems.runtime.describe()).toMatchObject({ running: true });
  });
});

/** Listens on the port once the application has left it, until that is to be started again. */
function onStop(port: number): { readonly around: Around } {
  let server: Server | undefined;
  return {
    around: async (activity, work) => {
      if (activity === 'runtime.start') await new Promise((closed) => server!.close(closed));
      const result = await work();
      if (activity === 'runtime.stop') {
        server = createServer().listen(port, '127.0.0.1');
        await new Promise((listening) => server!.once('listening', listening));
      }
      return result;
    },
  };
}
