import { readFileSync } from 'node:fs';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { cutHistory, type HistoryEvent } from '../../../src/worker/upgrade/cut-history.ts';
import { openReplayer, type Replayer } from '../../../src/worker/upgrade/open-replayer.ts';
import { whereItDiffers } from '../../../src/worker/upgrade/where-it-differs.ts';
import { built } from '../../support/built.ts';
import { changed } from '../../support/changed.ts';

const PROGRAM = built('src/worker/upgrade/replay-process.ts');

let replayer: Replayer | undefined;
afterEach(() => replayer?.close());

function open(from?: string, to?: string): Replayer {
  const code = readFileSync(inject('workflowBundle'), 'utf8');
  const planted = from === undefined ? code : changed(code, from, to!);
  return (replayer = openReplayer({ code: planted }, PROGRAM));
}

function saved(runbook: string, ending: string): readonly HistoryEvent[] {
  const file = `test/runbooks/${runbook}/histories/${ending}.json`;
  return historyFromJSON(JSON.parse(readFileSync(file, 'utf8'))).events!;
}

const recovery = saved('database-recovery', 'done');
const swap = recovery.findIndex(
  (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'database.swap',
);

describe('whereItDiffers', () => {
  test('names the step and the first event that another version would not bring about', async () => {
    const { replay } = open('database.swap(', 'database.stage(');
    const events = cutHistory(recovery);
    const message = await replay('run', events);

    const found = await whereItDiffers(events, message!, (some) => replay('run', some));

    expect(found).toEqual({
      step: '6. Restore from backup',
      event: 'ActivityTaskScheduled database.swap',
      eventId: swap + 1,
      why: "Activity type of scheduled event 'database.swap' does not match activity type of activity command 'database.stage'",
    });
  });

  test('names the task at which a workflow is not there', async () => {
    const { replay } = open('"database-recovery":', '"database-recovery-no-more":');
    const events = cutHistory(recovery);
    const message = await replay('run', events);
    expect(message).toBeDefined();

    const found = await whereItDiffers(events, message!, (some) => replay('run', some));

    expect(found.eventId).toBeLessThan(10);
    expect(found.why).not.toContain('Failure {');
  });
});

describe('cutHistory', () => {
  test('keeps the commands of the last completed task, by which a change is seen before the step has ended', async () => {
    const { replay } = open('database.swap(', 'database.stage(');
    const running = recovery.slice(0, swap + 2);
    const before = recovery.slice(0, swap);

    expect(cutHistory(running)).toHaveLength(swap + 1);
    expect(await replay('run', cutHistory(running))).toContain('database.swap');
    expect(await replay('run', before)).toBeUndefined();
  });

  test('is empty until a task is completed', () => {
    expect(cutHistory(recovery.slice(0, 3))).toEqual([]);
  });

  test('leaves a history that this version decides as it was, wherever it is cut', async () => {
    const { replay } = open();
    const answers: (string | undefined)[] = [];
    for (let end = 4; end <= recovery.length; end += 7)
      answers.push(await replay('run', cutHistory(recovery.slice(0, end))));

    expect(answers.length).toBeGreaterThan(10);
    expect(answers.filter((answer) => answer !== undefined)).toEqual([]);
  });
});
