import { describe, expect, test } from 'vitest';
import { takesDown } from '../../src/client/runs/takes-down.ts';
import type { LineState } from '../../src/engine/run/ledger.ts';

describe('takesDown', () => {
  test.for([
    { stop: 'pending', start: 'pending', down: false },
    { stop: 'running', start: 'pending', down: true },
    { stop: 'done', start: 'running', down: true },
    { stop: 'done', start: 'done', down: false },
    { stop: 'omitted', start: 'omitted', down: false },
  ] as const)('a run whose stop is $stop and whose start is $start: $down', (how) => {
    const run = { runbook: 'database-maintenance', status: 'RUNNING' };
    const downtime = { from: 'stop', until: 'start' };
    const ledger = [line('check', 'done'), line('stop', how.stop), line('start', how.start)];

    expect(takesDown({ ...run, downtime, ledger })).toBe(how.down);
  });

  test('what does not say how far it is, or starts it by trade, may have taken it down', () => {
    const downtime = { from: 'stop', until: 'start' };

    expect(takesDown({ runbook: 'database-recovery', status: 'RUNNING', downtime })).toBe(true);
    expect(takesDown({ runbook: 'start-application', status: 'RUNNING', ledger: [] })).toBe(true);
    expect(takesDown({ runbook: 'start-application', status: 'COMPLETED' })).toBe(false);
    expect(takesDown({ runbook: 'weekly-backup', status: 'RUNNING' })).toBe(false);
  });
});

function line(id: string, state: LineState) {
  return { id, number: 1, title: id, state };
}
