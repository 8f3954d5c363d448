import { stripVTControlCharacters } from 'node:util';
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { onceJson } from '../../../src/cli/verbs/top/once.ts';
import { cellsOf } from '../../../src/report/cells.ts';
import { frame, wholePicture } from '../../../src/cli/verbs/top/picture/frame.ts';
import { painted, unpainted } from '../../../src/cli/verbs/top/picture/row.ts';
import type { Seen } from '../../../src/cli/verbs/top/seen.ts';
import { afterKey, type TopState } from '../../../src/cli/verbs/top/top-state.ts';
import type { Figure } from '../../../src/figures/figure.ts';

const NOW = Date.parse('2026-01-05T02:00:00Z');
const MINUTE = 60_000;
const HOSTILE =
  '\u001B[2J\u001B]0;title\u0007\u202Etxt.exe\u0000\n日本語の名前 👩‍👩‍👧 e\u0301\u0301 ❤️';
const screens = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 },
  { columns: 40, rows: 10 },
];

describe('the picture of top', () => {
  test.each(screens)('fills $columns x $rows exactly, and says what is worst first', (size) => {
    const lines = frame(stateOf(['ahgd']), size, unpainted);

    expect(lines).toHaveLength(size.rows);
    expect(lines.filter((line) => cellsOf(line) > size.columns)).toEqual([]);
    expect(lines[0]).toMatch(/^ahgd: critical/);
    expect(lines.join('\n')).toMatch(/^cpu\.host +95 % +critical/m);
    expect(lines.at(-1)).toMatch(/^q quit/);
  });

  test('shows on 80 x 24 all that a monitor is for', () => {
    const text = frame(stateOf(['ahgd']), screens[0]!, unpainted).join('\n');

    for (const row of [
      /^ahgd: application {2}ok {2}200 in 12 ms/m,
      /^Measured 20 s ago, each 1 min · Temporal asked 5 s ago$/m,
      /^response\.p95 +2\.31 s {2}ok +▁+█ +2310 ms of 5/m,
      /^memory\.host +50 % {2}ok/m,
      /^disk\.used \/app +93 % {2}warning/m,
      /^database\.size +48\.2 MiB {2}ok/m,
      /^app\.users +7 {2}ok/m,
      /^run +ok +daily-backup\/ahgd\/x: It copies/m,
      /^incident +critical +incident\/ahgd\/1: sev1/m,
      /^next +ok +ahgd\/daily-backup 2026-01-05 03:00:00 UTC/m,
    ])
      expect(text).toMatch(row);
  });

  test('shows of several each in a row, and one in full', () => {
    const state = { ...stateOf(['ahgd', 'analytics-hub']), selected: 1 };
    const lines = frame(state, { columns: 120, rows: 30 }, unpainted);
    const narrow = frame(state, screens[2]!, unpainted);

    expect(lines[0]).toMatch(/^2 targets: 2 critical +2026-01-05 02:00:00 UTC$/);
    expect(lines[1]).toMatch(/target +verdict +response +incidents +runs +disk/);
    expect(lines[2]).toMatch(/^ {3}ahgd +critical +2\.31 s +1 +1 +93 %/);
    expect(lines[3]).toMatch(/^> {2}analytics-hub +critical/);
    expect(lines.filter((line) => line.startsWith('response.p95'))).toHaveLength(1);
    expect(narrow.filter((line) => line.startsWith('>'))).toHaveLength(1);
  });

  test('never shows the chosen one outside of what fits, of however many', () => {
    const names = Array.from({ length: 30 }, (_, index) => `target-${index}`);
    for (const selected of [0, 1, 15, 28, 29]) {
      const lines = frame({ ...stateOf(names), selected }, screens[2]!, unpainted);

      expect(lines.find((line) => line.startsWith('>'))).toContain(names[selected]!.slice(0, 8));
    }
  });

  test('says what is old, what Temporal does not know, and that it is paused', () => {
    const [seen] = stateOf(['ahgd']).targets;
    const at = new Date(NOW - 12 * MINUTE).toISOString();
    const state: TopState = {
      ...stateOf(['ahgd', 'other']),
      targets: [{ ...seen!, figures: [{ ...figures[0]!, at }] }, seen!],
      asked: new Map(),
      isPaused: true,
    };
    const text = frame(state, { columns: 120, rows: 30 }, unpainted).join('\n');

    expect(text).toMatch(/^paused {2}2 targets/);
    expect(text).toMatch(/^response\.p95 +2\.31 s {2}old .*12 min ago: 2310 ms/m);
    expect(text).toMatch(/· Temporal has not answered yet$/m);
    expect(text).toMatch(/^> {2}ahgd +critical +2\.31 s +\? +\?/m);
  });

  test.prop([
    fc.integer({ min: 1, max: 130 }),
    fc.integer({ min: 1, max: 60 }),
    fc.integer({ min: 1, max: 9 }),
    fc.boolean(),
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.boolean(),
  ])(
    'is never wider or higher than the terminal, whatever is in it',
    (columns, rows, count, isHelp, text, isPainted) => {
      const names = Array.from({ length: count }, (_, index) => `${index}${text}`);
      const state = { ...stateOf(names, `${text}${HOSTILE}`), isHelp };
      const lines = frame(state, { columns, rows }, isPainted ? painted : unpainted);
      const bare = lines.map((line) => stripVTControlCharacters(line));

      expect(lines).toHaveLength(rows);
      expect(bare.filter((line) => cellsOf(line) > columns)).toEqual([]);
      // oxlint-disable-next-line no-control-regex
      expect(bare.join('')).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
    },
  );

  test('leaves nothing of a hostile name but what can be read', () => {
    const text = wholePicture(stateOf([HOSTILE], HOSTILE), Infinity, unpainted).join('\n');

    expect(text).toContain('日本語の名前');
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
  });

  test('is one JSON value with the same, for machines', () => {
    const [target] = onceJson(stateOf(['ahgd'])).targets;

    expect(target).toMatchObject({ target: 'ahgd', verdict: 'critical', age: 20 });
    expect(target!.figures[0]).toMatchObject({ name: 'response.p95', value: 2.31 });
    expect(target!.figures[0]!.samples).toHaveLength(30);
    expect(target!.lines.map(({ subject }) => subject)).toContain('incident');
  });
});

describe('a key of top', () => {
  test.each([
    ['down', 0, 1],
    ['up', 0, 2],
    ['j', 2, 0],
    ['k', 1, 0],
  ])('%s goes from target %i to %i', (key, selected, expected) => {
    expect(afterKey({ ...stateOf(['a', 'b', 'c']), selected }, key)).toMatchObject({
      selected: expected,
    });
  });

  test('pauses and goes on, shows help and leaves it, quits, or is none', () => {
    const state = stateOf(['a']);

    expect(afterKey(state, 'p')).toMatchObject({ isPaused: true });
    expect(afterKey({ ...state, isPaused: true }, 'space')).toMatchObject({ isPaused: false });
    expect(afterKey(state, '?')).toMatchObject({ isHelp: true });
    expect(afterKey({ ...state, isHelp: true }, 'escape')).toMatchObject({ isHelp: false });
    expect(['q', 'ctrl-c', 'ctrl-z', 'ctrl-l', 'x'].map((key) => afterKey(state, key))).toEqual([
      'quit',
      'quit',
      'suspend',
      'redraw',
      undefined,
    ]);
  });
});

const figures: readonly Figure[] = [
  figure('response.p95', 2.31, 'seconds', 'ok', '2310 ms of 5 answers'),
  figure('cpu.host', 0.95, 'ratio', 'critical', '95 %, load 7.3 on 2 cores'),
  figure('memory.host', 0.5, 'ratio', 'ok', '50 % used'),
  figure('disk.used /app', 0.93, 'ratio', 'warning', '93 % used'),
  figure('disk.used /', 0.2, 'ratio', 'ok', '20 % used'),
  figure('database.size', 50_540_000, 'bytes', 'ok', '48.2 MiB'),
  figure('app.users', 7, 'count', 'ok', '7 connections'),
  figure('app.hung', 0, 'count', 'not applicable', 'it is stopped'),
];

function figure(
  name: string,
  value: number,
  unit: Figure['unit'],
  verdict: Figure['verdict'],
  note: string,
): Figure {
  const at = new Date(NOW - 20_000).toISOString();
  return { name, value, unit, verdict, note, at, source: 'a test' };
}

function stateOf(names: readonly string[], more = ''): TopState {
  const shown = figures.map((one) => ({ ...one, name: one.name + more, note: one.note + more }));
  const samples = Array.from({ length: 30 }, (_, index) => ({
    at: new Date(NOW - (30 - index) * MINUTE).toISOString(),
    value: index === 29 ? 2.31 : 0.2,
  }));
  const targets = names.map((target): Seen => ({
    target,
    at: NOW,
    every: MINUTE,
    age: 20_000,
    figures: shown,
    samples: new Map(shown.map(({ name }) => [name, samples])),
    lines: [
      { subject: 'application', verdict: 'ok', text: `200 in 12 ms${more}` },
      { subject: `cpu.host${more}`, verdict: 'critical', text: '95 %', hint: `look${more}` },
    ],
  }));
  const asked = names.map((target) => {
    const lines = [
      { subject: 'run', verdict: 'ok', text: `daily-backup/${target}/x: It copies` },
      { subject: 'incident', verdict: 'critical', text: `incident/${target}/1: sev1${more}` },
      { subject: 'next', verdict: 'ok', text: `${target}/daily-backup 2026-01-05 03:00:00 UTC` },
    ] as const;
    return [target, { at: NOW - 5000, lines }] as const;
  });
  const picture = { selected: 0, isPaused: false, isHelp: false, every: 5000, at: NOW };
  return { ...picture, targets, asked: new Map(asked) };
}
