import { defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { ledgerFromHistory } from '../../src/client/runs/ledger-from-history.ts';

const plan = { find: 'Find', stop: 'Stop', clear: 'Clear', start: 'Start', test: 'Test' };
type Events = Parameters<typeof ledgerFromHistory>[1][number];

let eventId = 0;
function scheduled(summary: string): Events {
  eventId += 1;
  return {
    eventId: eventId as never,
    activityTaskScheduledEventAttributes: {},
    userMetadata: { summary: defaultPayloadConverter.toPayload(summary) },
  };
}
function done(event: Events): Events {
  const { eventId } = event;
  return { activityTaskCompletedEventAttributes: { scheduledEventId: eventId as never } };
}
function failed(event: Events, message: string): Events {
  const { eventId } = event;
  const failure = { cause: { message } };
  return { activityTaskFailedEventAttributes: { scheduledEventId: eventId as never, failure } };
}
const states = (events: Events[]) =>
  ledgerFromHistory(plan, events)
    .map(({ state }) => state)
    .join(' ');

describe('ledgerFromHistory', () => {
  test('takes a step as done when a later one was begun, and the last one as running', () => {
    const take = scheduled('Take the target');
    const find = scheduled('1. Find');
    const stop = scheduled('2. Stop');

    const told = states([take, done(take), find, done(find), stop, done(stop)]);

    expect(told).toBe('done running pending pending pending');
  });

  test('takes a line without an activity as omitted when a later one has some', () => {
    const find = scheduled('1. Find');

    expect(states([find, done(find), scheduled('4. Start')])).toBe(
      'done omitted omitted running pending',
    );
  });

  test('tells what failed, what was undone, and what could not be', () => {
    const find = scheduled('1. Find');
    const stop = scheduled('2. Stop');
    const start = scheduled('3. Clear');
    const undoStop = scheduled('2. Undo: Stop');
    const undoFind = scheduled('1. Undo: Find');

    const ledger = ledgerFromHistory(plan, [
      find,
      done(find),
      stop,
      done(stop),
      start,
      failed(start, 'it is gone'),
      undoStop,
      done(undoStop),
      undoFind,
      failed(undoFind, 'no rollback point'),
      { workflowExecutionFailedEventAttributes: {} },
    ]);

    expect(ledger.map(({ state, note }) => [state, note ?? ''])).toEqual([
      ['left', 'no rollback point'],
      ['undone', ''],
      ['failed', 'it is gone'],
      ['unreached', ''],
      ['unreached', ''],
    ]);
  });

  test('says where a run was terminated', () => {
    const find = scheduled('1. Find');

    const [first, second] = ledgerFromHistory(plan, [
      find,
      done(find),
      scheduled('2. Stop'),
      { workflowExecutionTerminatedEventAttributes: {} },
    ]);

    expect(first?.state).toBe('done');
    expect(second).toMatchObject({ state: 'left', note: 'The run was terminated here' });
  });
});
