import { describe, expect } from 'vitest';
import { writeRunReport } from '../../../src/activities/records/run-reports.ts';
import { endsIncident } from '../../../src/activities/served-by-worker/ends-incident.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Ending, Outcome } from '../../../src/engine/run/ending.ts';
import type { LineState } from '../../../src/engine/run/ledger.ts';
import { at, reported } from '../../report/support/reported.ts';
import { test } from '../../support/target.ts';

const LINES = ['update', 'rotate', 'start'] as const;
type Lines = Readonly<Partial<Record<(typeof LINES)[number], LineState>>>;

describe('endsIncident', () => {
  for (const [title, earlier, lines, ends] of [
    [
      'the line that failed is done now',
      [['undone', { start: 'failed' }]],
      { rotate: 'failed' },
      true,
    ],
    [
      'the line that failed was left out',
      [['failed', { update: 'failed' }]],
      { update: 'omitted' },
      false,
    ],
    [
      'the line that failed fails again',
      [['failed', { rotate: 'failed' }]],
      { rotate: 'failed' },
      false,
    ],
    [
      'what a failed run went on without fails again',
      [['failed', { rotate: 'failed', start: 'failed' }]],
      { rotate: 'failed' },
      true,
    ],
    [
      'what could not be put back was left out',
      [['failed', { update: 'left', start: 'failed' }]],
      { update: 'omitted' },
      false,
    ],
    [
      'one of two runs failed at what is left out',
      [
        ['failed', { update: 'failed' }],
        ['failed', { start: 'failed' }],
      ],
      { update: 'omitted' },
      false,
    ],
    [
      'a run in between was done',
      [
        ['failed', { update: 'failed' }],
        ['done', {}],
      ],
      { update: 'omitted' },
      true,
    ],
    [
      'a run in between that was partly done did it',
      [
        ['failed', { update: 'failed' }],
        ['partly', {}],
      ],
      { update: 'omitted' },
      true,
    ],
    ['no run failed at a line', [['failed', {}]], { rotate: 'failed' }, true],
  ] as const satisfies readonly (readonly [
    string,
    readonly (readonly [Outcome, Lines])[],
    Lines,
    boolean,
  ])[])
    test(`${ends ? 'is true' : 'is false'} of a run that is partly done when ${title}`, ({
      target,
    }) => {
      earlier.forEach(([outcome, was], index) => write(target, index, outcome, was));

      expect(endsIncident(target, endingOf(target, 9, 'partly', lines))).toBe(ends);
    });

  test('is false of a run that is partly done whose own part failed, until that is done', ({
    target,
  }) => {
    const partly = endingOf(target, 1, 'partly', { rotate: 'failed' });
    partly.ledger[1]!.runs = [`${partly.run}/rotate`];
    const later = endingOf(target, 2, 'partly', { update: 'omitted' });

    expect(endsIncident(target, partly)).toBe(false);
    store(target, partly);
    expect(endsIncident(target, later)).toBe(true);
    expect(endsIncident(target, { ...later, ledger: partly.ledger })).toBe(false);
  });

  test('is what it is of others whatever failed before', ({ target }) => {
    write(target, 0, 'failed', { start: 'failed' });
    const ends = (outcome: Outcome) => endsIncident(target, endingOf(target, 9, outcome, {}));

    expect(ends('done')).toBe(true);
    expect(ends('stopped')).toBe(true);
    expect(ends('failed')).toBe(false);
    expect(ends('undone')).toBe(false);
    expect(ends('skipped')).toBe(false);
  });

  test('is false of a part of another run, and of a run that an incident started', ({ target }) => {
    const ending = endingOf(target, 9, 'done', {});

    expect(endsIncident(target, { ...ending, run: `${ending.run}/part` })).toBe(false);
    expect(endsIncident(target, { ...ending, run: `incident/${target.name}/down` })).toBe(false);
  });

  test('passes over reports that are none of its runbook, or none at all', ({ target }) => {
    const { run } = endingOf(target, 0, 'failed', { start: 'failed' });
    const other = { ...endingOf(target, 0, 'failed', { update: 'failed' }), runbook: 'other' };
    writeRunReport(target, { ...reported(), run: `other/x/${run}`, ending: other });
    writeRunReport(target, { ...reported(), run, ending: undefined as never });

    expect(endsIncident(target, endingOf(target, 9, 'partly', { update: 'omitted' }))).toBe(true);
  });
});

function endingOf(target: SqliteTarget, hour: number, outcome: Outcome, lines: Lines): Ending {
  const { ending } = reported();
  return {
    ...ending!,
    runbook: 'maintenance-window',
    target: target.name,
    run: `maintenance-window/${target.name}/20260105_0${hour}0000`,
    outcome,
    ledger: LINES.map((id, index) => ({
      number: index + 1,
      id,
      title: id,
      state: lines[id] ?? 'done',
    })),
  };
}

function write(target: SqliteTarget, hour: number, outcome: Outcome, lines: Lines): void {
  store(target, endingOf(target, hour, outcome, lines));
}

function store(target: SqliteTarget, ending: Ending): void {
  const { run, runbook, ledger } = ending;
  const hour = Number(run.slice(-5, -4));
  const startedAt = at(hour * 3600);
  writeRunReport(target, { ...reported(), run, runbook, ledger, startedAt, ending });
}
