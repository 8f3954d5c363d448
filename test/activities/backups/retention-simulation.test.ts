import { fc, test as property } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { type Held, retain } from '../../../src/activities/backups/retention/retention.ts';
import { loadTarget } from '../../../src/config/load/load.ts';
import { stampOf } from '../../../src/config/time/stamp.ts';

/** What happens on one of 90 days. */
interface Day {
  readonly event: 'backup' | 'weekly' | 'emergency' | 'pre-recovery' | 'failed' | 'off' | 'damage';
  /** The host is off for so many days before it. */
  readonly gap: number;
  /** How far its clock is ahead of the true time, in days. */
  readonly ahead: number;
}

const DAY = 86_400_000;
const START = Date.parse('2026-01-01T01:00:00.000Z');

describe.each(['ahgd', 'analytics-hub'])('90 days of backups with the retention of %s', (name) => {
  const policy = loadTarget(name, new URL('../../../targets', import.meta.url).pathname).backups;

  property.prop([daysWith(fc.constantFrom(0, 1 / 24, 4000))], { numRuns: 40 })(
    'never take away the last verified copies, whatever fails, stops or runs ahead for a time',
    (days) => {
      live(days, ({ before, left }) => {
        for (const { id } of before.filter(isSound).slice(-policy.minimum))
          expect(left).toContain(id);
      });
    },
  );

  property.prop([daysWith(fc.constantFrom(-2, -10, -400))], { numRuns: 40 })(
    'keep enough verified copies, and the one just made, when a clock runs behind for a time',
    (days) => {
      live(days, ({ before, left, own }) => {
        const sound = before.filter(isSound);
        const there = sound.filter(({ id }) => left.has(id));
        expect(there.length).toBeGreaterThanOrEqual(Math.min(policy.minimum, sound.length));
        if (own) expect(left).toContain(own.id);
      });
    },
  );

  property.prop([daysWith(fc.constant(0))], { numRuns: 20 })(
    'do not keep what is past its time: the disk does not fill up',
    (days) => {
      const most = 31 + 9 + 2 * 91;
      live(days, ({ left }) => expect(left.size).toBeLessThanOrEqual(most));
    },
  );

  /** Prunes on every day, also on those on which no backup was made: that is harsher than the runbook. */
  function live(
    days: readonly Day[],
    inspect: (seen: { before: Held[]; left: ReadonlySet<string>; own: Held | undefined }) => void,
  ): void {
    /** In the order in which they were made. */
    let left: Held[] = [];
    let count = 0;
    let time = START;
    for (const { event, gap, ahead } of days) {
      time += (1 + gap) * DAY;
      const now = time + ahead * DAY;
      if (event === 'off') continue;
      const own = backupOf(event, now, (count += 1));
      if (own) left.push(own);
      const victim = left.at(-2);
      if (event === 'damage' && victim) Object.assign(victim, { state: 'damaged copy' });
      const { keep } = retain(left, policy, new Date(now).toISOString());
      const kept = new Set(keep.map(({ id }) => id));
      inspect({ before: left, left: kept, own });
      left = left.filter(({ id }) => kept.has(id));
    }
  }
});

function backupOf(event: Day['event'], now: number, count: number): Held | undefined {
  if (event === 'failed' || event === 'off' || event === 'damage') return undefined;
  // No two are of one second, as their runs see to it.
  const takenAt = new Date(now + count * 1000 - DAY / 2);
  return {
    id: stampOf(takenAt),
    state: 'verified',
    class: event === 'backup' ? 'daily' : event,
    takenAt: takenAt.toISOString(),
    bytes: 1,
    ours: true,
  };
}

function isSound({ state, class: kind }: Held): boolean {
  return state === 'verified' && kind !== 'pre-recovery';
}

/** Its clock runs as it should but for some days in a row. */
function daysWith(jump: fc.Arbitrary<number>): fc.Arbitrary<Day[]> {
  const event = fc.constantFrom(
    ...(['backup', 'backup', 'backup', 'backup', 'weekly', 'emergency', 'pre-recovery'] as const),
    ...(['failed', 'off', 'damage'] as const),
  );
  const gap = fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 14, 40);
  const wrong = fc.record({
    from: fc.nat({ max: 89 }),
    length: fc.nat({ max: 20 }),
    by: jump,
  });
  return fc
    .tuple(fc.array(fc.record({ event, gap }), { minLength: 90, maxLength: 90 }), wrong)
    .map(([days, { from, length, by }]) =>
      days.map((day, index) => ({
        ...day,
        ahead: index >= from && index < from + length ? by : 0,
      })),
    );
}
