import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTimed, type Timed } from './support/timed.ts';

let timed: Timed;
/** A worker bundles the workflows first: seconds of a processor that others may use, too. */
const SLOW = { timeout: 120_000 };

beforeAll(async () => {
  timed = await openTimed('timed-full');
});
afterAll(() => timed.close());

describe('a worker', () => {
  test('leaves schedules alone when it is told so', SLOW, async () => {
    timed.write('daily-backup', '01:00');

    const said = await timed.startedWorker('--no-schedules');

    expect(said).toContain('Serving timed-full');
    expect(said).not.toContain('Schedules:');
    const list = await timed.type('list', '--json');
    expect(JSON.parse(list.stdout)).toMatchObject([{ state: 'missing', next: [] }]);
    expect(list.stderr).toContain('Try: runbook schedules sync --plan');
  });

  test('makes none for a template that it serves by name', SLOW, async () => {
    timed.write('daily-backup', '01:00', { enabled: false });

    const said = await timed.startedWorker();
    timed.write('daily-backup', '01:00');

    expect(said).not.toContain('Schedules:');
    expect(JSON.parse((await timed.type('list', '--json')).stdout)).toMatchObject([
      { state: 'missing' },
    ]);
  });
});
