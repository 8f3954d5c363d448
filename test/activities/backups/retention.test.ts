import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { BackupClass } from '../../../src/activities/artefact/manifest.ts';
import { type Held, retain } from '../../../src/activities/backups/retention/retention.ts';
import { Backups } from '../../../src/config/schema/backups.ts';
import { stampOf } from '../../../src/config/time/stamp.ts';

const NOW = '2026-06-01T01:00:00.000Z';
const DAY = 86_400_000;
const policy = Backups.parse({ daily: { keep: '30d' }, weekly: { keep: '56d' } });

describe('retain', () => {
  test('keeps each class for its own time, and says so', () => {
    const all = [
      aged(0),
      aged(1),
      aged(30),
      aged(31),
      aged(56, { class: 'weekly' }),
      aged(57, { class: 'weekly' }),
      aged(90, { class: 'pre-recovery' }),
      aged(91, { class: 'emergency' }),
      aged(89, { class: 'adopted' }),
      aged(92, { class: 'adopted' }),
    ];

    const { keep, remove } = retain(all, policy, NOW);

    expect(keep.map(({ reason }) => reason)).toEqual([
      'one of the 2 newest verified',
      'one of the 2 newest verified',
      'daily, 30 d of 30 d',
      'weekly, 56 d of 56 d',
      'adopted, 89 d of 90 d',
      'pre-recovery, 90 d of 90 d',
    ]);
    expect(remove.map(({ reason }) => reason)).toEqual([
      'daily, 31 d of 30 d',
      'weekly, 57 d of 56 d',
      'emergency, 91 d of 90 d',
      'adopted, 92 d of 90 d',
    ]);
  });

  test('keeps the newest verified when backups have stopped for a year', () => {
    const { keep, remove } = retain([aged(400), aged(401), aged(402)], policy, NOW);

    expect(keep.map(({ id }) => id)).toEqual([aged(400).id, aged(401).id]);
    expect(remove).toHaveLength(1);
  });

  test('keeps the base of what stays, and that one its own, however old, and nothing of what goes', () => {
    const all = [
      aged(1, { base: aged(60).id }),
      aged(2),
      aged(60, { base: aged(200).id }),
      aged(61, { base: aged(300).id }),
      aged(200),
      aged(300),
    ];

    const { keep, remove } = retain(all, policy, NOW);

    expect(keep.slice(-2).map(({ id, reason }) => [id, reason])).toEqual([
      [aged(60).id, `held by ${aged(1).id}`],
      [aged(200).id, `held by ${aged(60).id}`],
    ]);
    expect(remove.map(({ id }) => id)).toEqual([aged(61).id, aged(300).id]);
  });

  test('survives bases that lead round in a ring, or to what is not there', () => {
    const all = [
      aged(1, { base: aged(60).id }),
      aged(2, { base: '20010101_000000' }),
      aged(60, { base: aged(70).id }),
      aged(70, { base: aged(60).id }),
    ];

    expect(retain(all, policy, NOW).remove).toEqual([]);
  });

  test('does not count what cannot be restored, or what somebody chose to leave', () => {
    const all = [
      aged(1, { class: 'pre-recovery' }),
      aged(2, { class: 'pre-recovery' }),
      aged(3, { state: 'damaged copy' }),
      aged(100),
      aged(101),
      aged(102),
    ];

    const { keep, remove } = retain(all, policy, NOW);

    expect(remove.map(({ id }) => id)).toEqual([aged(102).id]);
    expect(keep.find(({ id }) => id === aged(1).id)?.reason).toBe('the newest verified');
  });

  test('keeps the newest of which most is proven, whatever could not be judged since', () => {
    const collation = { check: 'quick_check of "notes"', why: 'no such collation sequence: app' };
    const schema = { check: 'schema', why: 'malformed database schema' };
    const all = [
      aged(0, { unproven: [collation, schema] }),
      aged(1, { unproven: [collation, schema] }),
      aged(100, { unproven: [collation] }),
      aged(101, { unproven: [collation] }),
    ];
    const withFull = [...all, aged(102, { class: 'pre-recovery' }), aged(103), aged(104)];

    const some = retain(all, policy, NOW);
    const full = retain(withFull, policy, NOW);

    expect(some.remove.map(({ id }) => id)).toEqual([aged(101).id]);
    expect(some.keep.at(-1)?.reason).toBe('the newest of which most is proven');
    expect(full.keep.map(({ id }) => id)).toEqual([aged(0).id, aged(1).id, aged(103).id]);
  });

  test('leaves alone what it cannot judge, and what is not ours', () => {
    const all = [
      aged(0),
      aged(1),
      unread(aged(400, { state: 'incomplete' })),
      unread(aged(401, { state: 'damaged manifest' })),
      aged(402, { ours: false }),
    ];

    const { keep, remove } = retain(all, policy, NOW);

    expect(remove).toEqual([]);
    expect(keep.slice(2).map(({ reason }) => reason)).toEqual([
      'incomplete: it is no backup yet',
      'damaged manifest: only people can judge it',
      'its manifest names another target',
    ]);
  });

  test('keeps what is pinned until its time is over', () => {
    const pin = { by: 'ops-1', reason: 'the audit', at: NOW };
    const over = { ...pin, until: '2026-05-31T00:00:00.000Z' };
    const all = [
      aged(0),
      aged(1),
      aged(300, { pin }),
      aged(301, { pin: { ...pin, until: '2026-06-02T00:00:00.000Z', incident: 'i-7' } }),
      aged(302, { pin: over }),
    ];

    const { keep, remove } = retain(all, policy, NOW);

    expect(keep.slice(2).map(({ reason }) => reason)).toEqual([
      'pinned by ops-1 because the audit',
      'held by incident i-7, until 2026-06-02T00:00:00.000Z',
    ]);
    expect(remove).toMatchObject([{ id: aged(302).id }]);
  });

  test('lets no backup of a wrong clock stand for a real one', () => {
    const all = [aged(-3650), aged(-3651), aged(40), aged(41), aged(42)];

    const { keep, remove } = retain(all, policy, NOW);

    expect(keep.map(({ reason }) => reason)).toEqual([
      'daily, its time is 3651 d ahead of this clock',
      'daily, its time is 3650 d ahead of this clock',
      'one of the 2 newest verified',
      'one of the 2 newest verified',
    ]);
    expect(remove.map(({ id }) => id)).toEqual([aged(42).id]);
  });

  property.prop([backups(), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 20_000 })])(
    'never deletes below its floor, is complete, and finds nothing more to delete afterwards',
    (all, minimum, days) => {
      const now = new Date(Date.parse(NOW) + (days - 10_000) * DAY).toISOString();
      const strict = { ...policy, minimum };

      const { keep, remove } = retain(all, strict, now);

      const kept = new Set(keep.map(({ id }) => id));
      const gone = new Set(remove.map(({ id }) => id));
      expect([...kept, ...gone].toSorted()).toEqual(all.map(({ id }) => id).toSorted());
      const real = all
        .filter(({ state, ours }) => state === 'verified' && ours)
        .filter(({ takenAt }) => takenAt! <= now)
        .toSorted((a, b) => b.takenAt!.localeCompare(a.takenAt!));
      expect(real.filter(({ id }) => kept.has(id)).length).toBeGreaterThanOrEqual(
        Math.min(minimum, real.length),
      );
      if (real[0]) expect(kept).toContain(real[0].id);
      const latest = real.find((one) => one.class !== 'pre-recovery');
      if (latest) expect(kept).toContain(latest.id);
      for (const one of all.filter(({ id }) => gone.has(id))) {
        expect(one.ours && one.takenAt !== undefined && one.takenAt < now).toBe(true);
        expect(one.pin && (one.pin.until === undefined || one.pin.until > now)).toBeFalsy();
      }
      const left = all.filter(({ id }) => kept.has(id));
      expect(retain(left, strict, now)).toEqual({ keep, remove: [] });
    },
  );
});

function aged(days: number, change: Partial<Held> = {}): Held {
  const taken = new Date(Date.parse(NOW) - days * DAY);
  return {
    id: stampOf(taken),
    state: 'verified',
    class: 'daily',
    takenAt: taken.toISOString(),
    bytes: 1000,
    ours: true,
    ...change,
  };
}

/** As the list shows what has no manifest that can be read. */
function unread({ class: _class, takenAt: _takenAt, ...rest }: Held): Held {
  return rest;
}

function backups() {
  const one = fc.record({
    seconds: fc.integer({ min: -400 * 86_400, max: 400 * 86_400 }),
    class: fc.constantFrom(...BackupClass.options),
    state: fc.constantFrom(
      ...(['verified', 'verified', 'verified', 'damaged copy', 'damaged manifest'] as const),
    ),
    ours: fc.boolean(),
    /** When its pin ends. */
    until: fc.constantFrom(
      ...(['none', 'never', '1990-01-01T00:00:00.000Z', '2199-01-01T00:00:00.000Z'] as const),
    ),
  });
  return fc.uniqueArray(one, { selector: ({ seconds }) => seconds, maxLength: 30 }).map((drawn) =>
    drawn.map(({ seconds, until, state, ...rest }) => {
      const pin = { by: 'ops-1', reason: 'a test', at: NOW };
      const made = aged(seconds / 86_400, {
        ...rest,
        state,
        ...(until !== 'none' && { pin: until === 'never' ? pin : { ...pin, until } }),
      });
      return state === 'damaged manifest' ? unread(made) : made;
    }),
  );
}
