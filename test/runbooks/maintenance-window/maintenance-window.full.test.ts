import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowNotFoundError } from '@temporalio/client';
import { describe, expect } from 'vitest';
import { suppressionId } from '../../../src/activities/alerts/alert-activities.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { permanent } from '../../../src/os/failure.ts';
import { broken } from '../../support/broken.ts';
import { type Runs, test as base } from '../../support/run.ts';

const LIST = 'installed.txt';

/** A window that is open now, and "dependencies" in a file of the target's directory. */
const test = base.extend({
  maintenance: async ({}, use) => {
    const start = new Date(Date.now() - 60_000).toISOString().slice(11, 16);
    await use({
      window: { calendar: 'daily', start, duration: '2h', cutoff: '30m', timezone: 'UTC' },
      dependencies: {
        list: ['cat', LIST],
        update: ['sh', '-c', `echo "newer 2.0" > ${LIST}`],
        restore: ['cp', '{file}', LIST],
        timeout: '1m',
      },
      chores: ['courteous'],
    });
  },
});

describe('maintenance-window', () => {
  test('holds alerts back, does its chores while the application is down, and releases the target', async ({
    world,
    runs,
  }) => {
    install(world);
    const suppressed: boolean[] = [];

    const { run, ending } = await runs.run(
      'maintenance-window',
      {},
      {
        around: async (activity, work) => {
          if (activity === 'runtime.stop') suppressed.push(await isSuppressed(runs, world));
          return work();
        },
      },
    );

    expect(ending.ledger.map(({ state }) => state)).toEqual(Array(11).fill('done'));
    expect(ending).toMatchObject({ outcome: 'done', left: [], notices: [] });
    expect(suppressed).toEqual([true]);
    expect(await isSuppressed(runs, world)).toBe(false);
    expect(installed(world)).toBe('newer 2.0\n');
    expect(ending.ledger[3]?.note).toBe('1 came, 1 went');
    expect(ending.ledger[1]?.runs).toEqual([`${run}/backup`]);
  });

  test('brings old dependencies and the application back when it does not start on new ones', async ({
    world,
    systems,
    runs,
  }) => {
    install(world);
    let starts = 0;

    const { ending } = await runs.run(
      'maintenance-window',
      {},
      {
        around: async (activity, work) => {
          if (activity === 'http.expectReady' && (starts += 1) === 1)
            throw permanent('NotReady', 'It does not start on newer 2.0');
          return work();
        },
      },
    );

    expect(ending).toMatchObject({ outcome: 'undone', left: [] });
    expect(installed(world)).toBe('older 1.0\n');
    expect(await systems.http.isReady()).toBe(true);
    expect(await isSuppressed(runs, world)).toBe(false);
    expect(ending.notices.map(({ message }) => message).join()).toContain('It does not start on');
  });

  test('goes on without what fails, is partly done then, and names it', async ({
    world,
    systems,
    runs,
  }) => {
    install(world);
    world.maintenance!.chores = ['courteous', 'log-rotation', 'courteous'];

    const { ending } = await runs.run(
      'maintenance-window',
      {},
      {
        around: async (activity, work) => {
          if (activity.startsWith('logs.')) throw broken('No log can be rotated');
          return work();
        },
      },
    );

    const output = ending.output as { notDone: string[]; chores: string[] };
    const rotate = ending.ledger.find(({ id }) => id === 'rotate');
    const chores = ending.ledger.find(({ id }) => id === 'chores');
    expect(ending.outcome).toBe('partly');
    expect(ending.notDone).toEqual(output.notDone);
    expect(output.notDone).toEqual([
      expect.stringMatching(/^Rotate logs: .*No log can be rotated/),
      expect.stringMatching(/^Do the target's own chores, log-rotation: .*No log can be rotated/),
    ]);
    expect(output.chores).toEqual(['courteous', 'courteous']);
    expect(rotate?.state).toBe('failed');
    expect(chores).toMatchObject({ state: 'failed' });
    expect(ending.notices.at(-1)).toMatchObject({
      severity: 'sev4',
      message: expect.stringContaining('log-rotation'),
    });
    expect(await systems.http.isReady()).toBe(true);
  });
});

function install(world: SqliteTarget): void {
  writeFileSync(join(world.directory, LIST), 'older 1.0\n');
}

function installed(world: SqliteTarget): string {
  return readFileSync(join(world.directory, LIST), 'utf8');
}

async function isSuppressed({ client }: Runs, world: SqliteTarget): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(suppressionId(world.name)).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
