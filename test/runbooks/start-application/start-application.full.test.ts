import { existsSync, renameSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { driverFor } from '../../../src/activities/runtime/driver-for.ts';
import { readKnownGood } from '../../../src/activities/runtime/known-good/known-good-records.ts';
import { readStopped } from '../../../src/state/stopped.ts';
import { onOneWorker } from '../../support/on-one-worker.ts';
import { stateOf } from '../../support/locked.ts';
import { failing } from '../../support/people.ts';
import { test } from '../../support/run.ts';

describe.concurrent('start-application', () => {
  test('starts what is down, proves it, and records what it runs on; what works it leaves alone', async ({
    world,
    systems,
    runs,
  }) => {
    await systems.runtime.stop();

    const { ending, again } = await onOneWorker(runs, async (play) => ({
      ending: await play('start-application'),
      again: await play('start-application'),
    }));

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).toMatchObject({
      started: true,
      proof: expect.stringMatching(/^\d+ rows in /),
      knownGood: expect.stringMatching(/^\d+ files? of configuration$/),
    });
    expect(ending.ledger.find(({ id }) => id === 'checklist')?.note).toMatch(
      /^Database file exists and is readable: ".*demo\.db", \d+ bytes\. .*Port \d+ is available: .*free/,
    );
    expect(readKnownGood(world)).toHaveLength(1);
    expect(again).toMatchObject({ outcome: 'done', output: { started: false } });
    expect(stateOf(again, 'checklist', 'start', 'test', 'good')).toEqual(Array(4).fill('omitted'));
  });

  test('starts nothing while its checklist fails, names every line that does, and makes no database', async ({
    world,
    systems,
    runs,
  }) => {
    await systems.runtime.stop();
    const { file } = world.database;
    renameSync(file, `${file}.away`);
    Object.assign(world.app, {
      python: { command: ['/nowhere/python'], versions: { pandas: '' } },
    });

    const { ending } = await runs.run('start-application');

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'NotStartable' } });
    expect(ending.failure?.message).toMatch(
      /^"Database file exists and is readable" is not so\. There is no database ".*demo\.db": bring it back, runbook start database-recovery -t test-\w+\. "Dependency versions" is not so\. Its Python "\/nowhere\/python" is not there: install it/,
    );
    expect(existsSync(file)).toBe(false);
    expect(await systems.runtime.describe()).toMatchObject({ running: false });
  });

  test('stops it again when it does not work, and leaves it stopped on purpose when it was', async ({
    systems,
    runs,
  }) => {
    await runs.run('stop-application', {}, { because: 'the disk is changed' });
    const { stopped } = await systems.containment.find();

    const start = await runs.run('start-application', {}, { around: failing('app.prove', 1) });

    expect(start.ending).toMatchObject({ outcome: 'undone', left: [] });
    expect((await systems.containment.find()).stopped).toEqual(stopped);
    expect(stopped).toBeDefined();
  });

  test('refuses what is contained, and what runs and does not work', async ({
    world,
    systems,
    runs,
  }) => {
    await systems.runtime.freeze();
    world.app.ready = { within: '2s', every: '1s' };
    world.app.timeout = '1s';
    const hung = await runs.run('start-application');
    await systems.runtime.thaw();
    const { contained } = await onOneWorker(runs, async (play) => {
      await play('contain', { reason: 'its rows vanish' });
      return { contained: await play('start-application') };
    });

    expect(hung.ending.failure?.message).toMatch(
      /^It runs, and does not work: .*To stop it and start it: restart-application$/,
    );
    expect(contained.failure).toMatchObject({
      type: 'Contained',
      message: expect.stringMatching(/lift-containment/),
    });
    expect(await systems.runtime.describe()).toMatchObject({ running: false });
  });

  test('lets alerts through again for what somebody has started by hand', async ({
    world,
    systems,
    runs,
  }) => {
    const { recovered, start, held } = await onOneWorker(runs, async (play) => {
      await play('stop-application', { until: '4h' });
      await driverFor(world).start();
      await systems.http.expectReady();
      const suppression = runs.client.workflow.getHandle(`suppression/${world.name}`);
      return {
        recovered: (await systems.containment.find()).startedSince,
        start: await play('start-application'),
        held: await suppression.result().then(
          () => false,
          () => true,
        ),
      };
    });

    expect(recovered).toBeDefined();
    expect(start).toMatchObject({ outcome: 'done', output: { started: false } });
    expect(stateOf(start, 'start', 'lift')).toEqual(['omitted', 'done']);
    expect(held).toBe(false);
    expect(readStopped(world)).toBeUndefined();
  });
});
