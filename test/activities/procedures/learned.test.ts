import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import {
  addLearned,
  type Learned,
  learnedFor,
  readLearned,
} from '../../../src/activities/procedures/learned.ts';
import { learnedLines } from '../../../src/cli/verbs/list/learned-lines.ts';
import { test } from '../../support/target.ts';

const lesson = (day: number, more: Partial<Learned> = {}): Learned => ({
  at: `2026-01-0${day}T10:00:00.000Z`,
  incident: 'incident/shop/down',
  by: 'ana (login)',
  text: 'Look at the disk first',
  runbooks: ['application-down'],
  ...more,
});

describe('what was learned', () => {
  test('is kept once, for its owner alone, and found by its runbook, the newest first', ({
    target,
  }) => {
    addLearned(target, lesson(1));
    addLearned(target, lesson(1));
    addLearned(target, lesson(2, { runbooks: ['database-recovery', 'application-down'] }));

    expect(readLearned(target)).toHaveLength(2);
    expect(learnedFor(target, 'application-down').map(({ at }) => at.slice(0, 10))).toEqual([
      '2026-01-02',
      '2026-01-01',
    ]);
    expect(learnedFor(target, 'database-recovery')).toHaveLength(1);
    expect(learnedFor(target, 'contain')).toEqual([]);
    expect(statSync(join(target.state, 'learned.jsonl')).mode & 0o077).toBe(0);
  });

  test('is not hidden by a line that a power cut left half written, and none is written over', ({
    target,
  }) => {
    addLearned(target, lesson(1));
    const file = join(target.state, 'learned.jsonl');
    const before = readFileSync(file, 'utf8');
    appendFileSync(file, '\n{"at":"2026-01-0');
    addLearned(target, lesson(2));

    expect(readLearned(target).map(({ at }) => at)).toEqual([lesson(1).at, lesson(2).at]);
    expect(readFileSync(file, 'utf8').startsWith(before)).toBe(true);
  });

  test('is a line each, which obeys no terminal, and of many the newest five', () => {
    const many = Array.from({ length: 7 }, (_, index) => lesson(index + 1)).toReversed();
    const [hostile] = learnedLines([lesson(1, { text: 'x\u001B]0;y\u0007\nz' })]);

    expect(learnedLines(many)).toHaveLength(6);
    expect(learnedLines(many)[0]).toBe(
      '    learned 2026-01-07: Look at the disk first (incident/shop/down)',
    );
    expect(learnedLines(many)[5]).toBe('    and 2 more, in --json');
    for (const letter of ['\n', '\u001B']) expect(hostile).not.toContain(letter);
  });
});
