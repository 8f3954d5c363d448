import { describe, expect, test } from 'vitest';
import { overdueOf } from '../../../src/activities/procedures/overdue.ts';
import { Procedures } from '../../../src/config/schema/oversight/procedures.ts';

const DAY = 86_400_000;
const never = () => undefined;

describe('a review', () => {
  const procedures = Procedures.parse({
    owner: 'operations',
    reviewed: '2025-06-18',
    practise: [],
  });

  test('is due a month after the last, as in the manual: "Next Review: July 18, 2025"', () => {
    const due = Date.parse('2025-07-18');

    expect(overdueOf(procedures, never, due)).toEqual([]);
    expect(overdueOf(procedures, never, due + 1)).toMatchObject([
      { owner: 'operations', kind: 'review', text: expect.stringContaining('2025-07-18') },
    ]);
  });

  test('that never was is overdue', () => {
    const { reviewed: _never, ...others } = procedures;

    expect(overdueOf(others as Procedures, never, 0)).toMatchObject([{ kind: 'review' }]);
  });

  test("of one runbook by itself is its own owner's", () => {
    const own = Procedures.parse({
      ...procedures,
      reviewed: '2025-07-01',
      runbooks: {
        rollback: { owner: 'development', reviewed: '2025-01-01' },
        repair: { owner: 'development' },
      },
    });

    const found = overdueOf(own, never, Date.parse('2025-07-02'));

    expect(found).toMatchObject([{ owner: 'development', runbook: 'rollback', kind: 'review' }]);
  });
});

describe('practice', () => {
  const now = Date.parse('2026-12-01');
  const procedures = Procedures.parse({
    owner: 'operations',
    reviewed: '2026-12-01',
    practise: ['rollback', 'repair', 'rollback'],
    runbooks: { repair: { practiseEvery: '10d' } },
  });

  test('that is longer ago than the policy is told, once for each runbook', () => {
    const found = overdueOf(procedures, () => now - 91 * DAY, now);

    expect(found.map(({ runbook }) => runbook)).toEqual(['rollback', 'repair']);
    expect(found[0]!.text).toContain('2026-09-01');
  });

  test('that is recent is not, by the time of each runbook', () => {
    const found = overdueOf(procedures, () => now - 11 * DAY, now);

    expect(found.map(({ runbook }) => runbook)).toEqual(['repair']);
  });
});
