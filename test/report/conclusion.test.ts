import { describe, expect, test } from 'vitest';
import { conclusionOf } from '../../src/report/run/conclusion.ts';
import type { LineState } from '../../src/engine/run/ledger.ts';
import { ledger, reported } from './support/reported.ts';

const failure = { type: 'NotReady', message: 'no answer' };

describe('the conclusion of a run', () => {
  test('tells what is live, and that the application was brought back, when it is done', () => {
    const output = { backup: '20260105_010000', takenAt: '2026-01-05T01:00:00.000Z' };
    const restored = [...ledger, { ...ledger[0]!, id: 'restore', number: 7 }];

    expect(conclusionOf(reported({ output, ledger: restored }))).toEqual([
      'Live now: backup 20260105_010000, taken 2026-01-05T01:00:00.000Z',
      'The application was taken down by step 2, and brought back by step 5 at 2026-01-05 02:00:12 UTC, 11.8 s later',
    ]);
  });

  test('claims no database that was not restored', () => {
    const output = { backup: '20260105_010000', takenAt: '2026-01-05T01:00:00.000Z' };

    expect(conclusionOf(reported({ output })).join()).not.toContain('Live now');
  });

  test('says what undone means', () => {
    const view = reported({
      outcome: 'undone',
      failure,
      ledger: states({ stop: 'undone', start: 'failed' }),
    });

    expect(conclusionOf(view)).toEqual([
      'What this run did was put back: what was live before is live again',
      'The application was started again',
    ]);
  });

  test('says that nothing was changed by a run that failed before it did anything', () => {
    const view = reported({
      outcome: 'failed',
      failure,
      ledger: states({ stop: 'unreached', start: 'unreached' }),
    });

    expect(conclusionOf(view)).toEqual(['It changed nothing']);
  });

  test('says that people must, and whether the application is down, when not all was put back', () => {
    const left = ['Start it'];

    const down = reported({
      outcome: 'failed',
      left,
      ledger: states({ stop: 'left', start: 'failed' }),
    });
    const up = reported({ outcome: 'failed', left, ledger: states({ stop: 'unreached' }) });

    expect(conclusionOf(down)).toEqual([
      'Not all that this run did could be put back: people must',
      'The application was not started again by this run',
    ]);
    expect(conclusionOf(up).at(-1)).toBe('It never took the application down');
  });

  test('tells of an open run only that the application is down, and of a terminated one that it stayed so', () => {
    const { ending: _, ...open } = reported({
      ledger: states({ stop: 'done', start: 'running' }),
    });

    expect(conclusionOf({ ...open, status: 'RUNNING' })).toEqual([
      'The application is down because of this run',
    ]);
    expect(conclusionOf({ ...open, status: 'TERMINATED' })).toEqual([
      'It took the application down, and did not bring it back',
    ]);
    expect(
      conclusionOf({ ...open, ledger: states({ stop: 'pending' }), status: 'RUNNING' }),
    ).toEqual([]);
  });

  test('says of a plan that it was one', () => {
    expect(conclusionOf(reported({ mode: 'plan' }))).toEqual([
      'This was a plan: nothing was changed',
    ]);
  });
});

function states(of: Readonly<Record<string, LineState>>) {
  return ledger.map((line) => ({ ...line, state: of[line.id] ?? line.state }));
}
