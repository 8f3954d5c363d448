import { describe, expect, test } from 'vitest';
import type { Finding, Subject } from '../../src/watchdog/looks/finding.ts';
import { afterTelling, judge, type Memory } from '../../src/watchdog/memory.ts';

const PATIENCE = { looks: 3, repeat: 3_600_000 };
const WRONG: Finding = {
  subject: 'worker',
  state: 'wrong',
  text: 'No worker',
  hint: 'runbook worker',
};
const WELL: Finding = { subject: 'worker', state: 'ok', text: 'It polls' };

function at(minute: number): string {
  return new Date(Date.UTC(2026, 11, 1, 3, minute)).toISOString();
}

function looked(times: number): ReadonlyMap<Subject, number> {
  return new Map([['worker', times]]);
}

describe('what stays wrong', () => {
  test('is told when patience is over, and not before', () => {
    const first = judge({}, [WRONG], { at: at(0), looks: looked(3) }, PATIENCE);
    const second = judge(first.memory, [WRONG], { at: at(1), looks: looked(4) }, PATIENCE);

    expect(first.news).toEqual([]);
    expect(second.news).toEqual([
      { subject: 'worker', kind: 'wrong', since: at(0), text: 'No worker', hint: 'runbook worker' },
    ]);
  });

  test('is due at each look until somebody has heard of it', () => {
    const memory: Memory = { worker: { since: at(0), text: 'No worker' } };

    const again = judge(memory, [WRONG], { at: at(2), looks: looked(9) }, PATIENCE);

    expect(again.news).toMatchObject([{ kind: 'wrong' }]);
  });

  test('is told again after an hour, also when the clock was set back meanwhile', () => {
    const told = { worker: { since: at(0), told: at(2), text: 'No worker' } };

    const soon = judge(told, [WRONG], { at: at(59), looks: looked(90) }, PATIENCE);
    const later = judge(told, [WRONG], { at: at(62), looks: looked(99) }, PATIENCE);
    const back = judge(told, [WRONG], { at: at(-60), looks: looked(99) }, PATIENCE);

    expect([soon.news.length, later.news, back.news]).toMatchObject([
      0,
      [{ kind: 'still' }],
      [{ kind: 'still' }],
    ]);
  });
});

describe('what is well again', () => {
  test('is told to whoever heard of it, until they have', () => {
    const told = { worker: { since: at(0), told: at(2), text: 'No worker' } };

    const over = judge(told, [WELL], { at: at(3), looks: looked(0) }, PATIENCE);
    const heard = afterTelling(over.memory, over.news[0]!, at(3));

    expect(over.news).toEqual([
      { subject: 'worker', kind: 'over', since: at(0), text: 'It polls' },
    ]);
    expect(judge(over.memory, [WELL], { at: at(4), looks: looked(0) }, PATIENCE).news).toHaveLength(
      1,
    );
    expect(judge(heard, [WELL], { at: at(4), looks: looked(0) }, PATIENCE).news).toEqual([]);
  });

  test('is forgotten where nobody had heard of it', () => {
    const memory: Memory = { worker: { since: at(0), text: 'No worker' } };

    const over = judge(memory, [WELL], { at: at(1), looks: looked(0) }, PATIENCE);

    expect(over).toEqual({ memory: {}, news: [] });
  });
});

test('what something else hides stays as it was: it is neither over nor told again', () => {
  const told = { worker: { since: at(0), told: at(2), text: 'No worker' } };
  const server: Finding = { subject: 'server', state: 'wrong', text: 'Nobody answers' };

  const hidden = judge(told, [server], { at: at(90), looks: new Map([['server', 9]]) }, PATIENCE);

  expect(hidden.memory.worker).toEqual(told.worker);
  expect(hidden.news).toMatchObject([{ subject: 'server', kind: 'wrong' }]);
});

test('what cannot be looked at is never well', () => {
  const unknown: Finding = { subject: 'disk', state: 'unknown', text: 'It does not answer' };

  const judged = judge({}, [unknown], { at: at(0), looks: new Map([['disk', 4]]) }, PATIENCE);

  expect(judged.news).toMatchObject([{ subject: 'disk', kind: 'wrong' }]);
});
