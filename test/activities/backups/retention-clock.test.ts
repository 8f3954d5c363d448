import { describe, expect, test } from 'vitest';
import { type Held, retain } from '../../../src/activities/backups/retention/retention.ts';
import { Backups } from '../../../src/config/schema/backups.ts';
import { stampOf } from '../../../src/config/time/stamp.ts';

const NOW = Date.parse('2026-06-01T01:00:00.000Z');
const DAY = 86_400_000;
const policy = Backups.parse({ daily: { keep: '30d' } });
const later = (days: number) => new Date(NOW + days * DAY).toISOString();
const daily = Array.from({ length: 29 }, (_, at) => made(-at));

describe('retain', () => {
  test('takes away none for a clock that jumps forward, whether a backup was made there or not, nor when it goes back', () => {
    expect(retain(daily, policy, later(300)).remove).toEqual([]);
    expect(retain([made(300), ...daily], policy, later(300)).remove).toEqual([]);
    expect(retain([made(300), ...daily], policy, later(0)).remove).toEqual([]);
  });

  test('takes away what is past its time as new ones come after the jump', () => {
    const goneOn = Array.from({ length: 10 }, (_, at) => made(300 + at));

    const { remove } = retain([...goneOn, ...daily], policy, later(309));

    // The oldest is 28 days, the jump counts as 2, and 9 days are true.
    expect(remove.map(({ id }) => id)).toEqual(daily.slice(-9).map(({ id }) => id));
  });
});

/** So many days from now. */
function made(days: number): Held {
  const at = new Date(NOW + days * DAY);
  return {
    id: stampOf(at),
    state: 'verified',
    class: 'daily',
    takenAt: at.toISOString(),
    bytes: 1000,
    ours: true,
  };
}
