import type { Ending } from '../../../src/engine/run/ending.ts';
import type { Ledger, LedgerLine, LineState } from '../../../src/engine/run/ledger.ts';
import type { ReportedRun } from '../../../src/report/run/reported-run.ts';

/** So many seconds after the run began. */
export function at(seconds: number): string {
  return new Date(Date.parse('2026-01-05T02:00:00.000Z') + seconds * 1000).toISOString();
}

export const ledger: Ledger = [
  line(1, 'find', 'Find the backup', 'done', [0.1, 0.2], '20260105_010000, 1204331 rows'),
  line(2, 'stop', 'Stop application', 'done', [1, 3.4]),
  line(3, 'clear', 'Clear cache', 'failed', [3.4, 7.1], 'connect ECONNREFUSED'),
  {
    ...line(4, 'copy', 'Copy tables', 'done', [7.1, 10]),
    parts: [
      line(1, 'copy.1', 'users', 'done', [7.1, 8.4]),
      line(2, 'copy.2', 'indicators', 'done', [7.1, 10], '1204331 rows'),
    ],
  },
  line(5, 'start', 'Start application', 'done', [10, 12.8]),
  line(6, 'offer', 'Make the kept database a backup', 'omitted'),
];

const ending: Ending = {
  runbook: 'database-recovery',
  title: 'Database recovery',
  target: 'demo',
  run: 'database-recovery/demo/20260105_020000',
  mode: 'live',
  by: 'ops-1',
  because: 'the database is damaged',
  input: { backup: 'latest' },
  tookOver: { from: 'database-recovery/demo/20260104_235900', at: at(0.1) },
  outcome: 'done',
  ledger,
  output: {
    rows: { backup: 3, restored: 3 },
    downtimeMilliseconds: 11_800,
    rollbackPoint: 'before',
  },
  left: [],
  notices: [
    { severity: 'sev1', at: at(7.1), message: 'Went on without it', channels: ['email', 'log'] },
    { severity: 'sev1', at: at(7.2), message: 'Nobody heard this', channels: [] },
  ],
  interventions: [
    { what: 'approved', step: 'stop', by: 'ops-2', reason: 'users know', at: at(0.9) },
    { what: 'decided', choice: 'retry', step: 'copy', by: 'ops-3', at: at(7.05) },
  ],
};

/** A recovery that is done; `changes` make another one of it. */
export function reported(changes: Partial<Ending> = {}): ReportedRun {
  return {
    run: ending.run,
    runbook: ending.runbook,
    status: 'COMPLETED',
    startedAt: at(0),
    endedAt: at(13),
    source: 'run',
    ledger: changes.ledger ?? ledger,
    downtime: { from: 'stop', until: 'start' },
    ending: { ...ending, ...changes },
  };
}

/** Wherever a person or a machine may have put a text of its own. */
export function unmanaged(text: string): ReportedRun {
  const lines = ledger.map((line) => ({ ...line, title: text, note: text }));
  const view = reported({
    ledger: lines,
    title: text,
    target: text,
    by: text,
    because: text,
    input: { [text]: text },
    output: { [text]: text, rollbackPoint: text },
    failure: { type: text, message: text },
    left: [text],
    notices: [{ severity: 'sev1', at: at(1), message: text, channels: [text] }],
    interventions: [{ what: 'paused', step: text, by: text, reason: text, at: at(2) }],
    tookOver: { from: text, at: at(0) },
  });
  return { ...view, run: text };
}

function line(
  number: number,
  id: string,
  title: string,
  state: LineState,
  times?: readonly [number, number],
  note?: string,
): LedgerLine {
  return {
    number,
    id,
    title,
    state,
    ...(times && { startedAt: at(times[0]), finishedAt: at(times[1]) }),
    ...(note !== undefined && { note }),
  };
}
