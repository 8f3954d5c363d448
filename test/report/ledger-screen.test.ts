import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../src/report/cells.ts';
import { openLedger } from '../../src/engine/run/ledger.ts';
import { ledgerScreen, type Screen } from '../../src/report/ledger/ledger-screen.ts';

/** A terminal of a size. Without colours, because it is none. */
function screenOf(columns: number, rows: number): Screen {
  return Object.assign(new PassThrough(), { columns, rows });
}

const plan = Object.fromEntries(
  Array.from({ length: 30 }, (_, index) => [`step${index}`, `Do thing ${index + 1}`]),
);

describe('ledgerScreen', () => {
  test('cuts what is longer than the terminal is wide', () => {
    const ledger = openLedger({ find: 'Find the backup' });
    Object.assign(ledger[0]!, { state: 'done', note: 'a note '.repeat(30) });

    const lines = ledgerScreen({ status: 'RUNNING', ledger, retrying: [] }, screenOf(60, 24));

    expect(lines).toHaveLength(1);
    expect(lines[0]).toHaveLength(60);
    expect(lines[0]).toMatch(/a note a n?.*…$/);
  });

  test('measures in cells, of which a letter of East Asia and an emoji take two, and an accent none', () => {
    const ledger = openLedger({ find: 'Find the backup' });
    Object.assign(ledger[0]!, { state: 'done', note: `備份🚀e\u0301${'備'.repeat(60)}` });

    const [line = ''] = ledgerScreen({ status: 'RUNNING', ledger, retrying: [] }, screenOf(60, 24));

    expect(cellsOf(line)).toBeGreaterThanOrEqual(59);
    expect(cellsOf(line)).toBeLessThanOrEqual(60);
    expect(line).toMatch(/備份🚀e\u0301備+…$/);
  });

  test('cuts nothing of what is to be typed: a shell takes its lines as they stand', () => {
    const hint =
      'runbook decide daily-backup/shop/20260105_020000 --choice retry|undo; or, to have its target: runbook stop daily-backup/shop/20260105_020000';
    const run = { status: 'RUNNING', ledger: openLedger({ find: 'Find' }), retrying: [], hint };

    const [, ...lines] = ledgerScreen(run, screenOf(40, 24));

    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(cellsOf(line)).toBeLessThanOrEqual(40);
    expect(lines.join('\n').replaceAll(' \\\n', ' ')).toBe(`Try: ${hint}`);
  });

  test('tells how long a step has worked, and how long it usually does', () => {
    const ledger = openLedger({ find: 'Find the backup', copy: 'Copy it' });
    const startedAt = '2026-01-05T02:00:00.000Z';
    Object.assign(ledger[0]!, { state: 'running', startedAt });
    const usual = new Map([['find', 95_000]]);
    const after = (seconds: number) =>
      ledgerScreen(
        { status: 'RUNNING', ledger, retrying: [], usual },
        screenOf(80, 24),
        Date.parse(startedAt) + seconds * 1000,
      )[0];

    expect(after(7)).toBe('>  1 Find the backup       7 s  running, usually 1 min 35 s');
    expect(after(95)).toContain(' 1:35 min  running, usually');
    expect(after(3_725)).toContain('1:02:05 h  running, usually');
  });

  test('keeps the line that runs in sight when the list is taller than the terminal', () => {
    const ledger = openLedger(plan);
    ledger[14]!.state = 'running';

    const lines = ledgerScreen({ status: 'RUNNING', ledger, retrying: [] }, screenOf(80, 12));

    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe('... 10 above');
    expect(lines.join('\n')).toContain('> 15 Do thing 15');
    expect(lines.at(-1)).toBe('... 12 below');
  });

  test('shows the first lines of a list that has not begun, and the last ones of one that ended', () => {
    const pending = openLedger(plan);
    const done = openLedger(plan);
    for (const line of done) line.state = 'done';

    const first = ledgerScreen(
      { status: 'RUNNING', ledger: pending, retrying: [] },
      screenOf(80, 9),
    );
    const last = ledgerScreen({ status: 'COMPLETED', ledger: done, retrying: [] }, screenOf(80, 9));

    expect([first[0], first.at(-1)]).toEqual(['.  1 Do thing 1', '... 25 below']);
    expect([last[0], last.at(-1)]).toEqual(['... 25 above', '✓ 30 Do thing 30']);
  });

  test('tells what is tried again on one line, though its message has many', () => {
    const retrying = [{ activity: 'runtime.stop', attempt: 2, message: 'Cannot stop\n  it hangs' }];

    const lines = ledgerScreen(
      { status: 'RUNNING', ledger: openLedger(plan), retrying },
      screenOf(80, 40),
    );

    expect(lines.at(-1)).toBe('     runtime.stop, attempt 2: Cannot stop; it hangs');
  });
});
