import { describe, expect, test } from 'vitest';
import { bundleOf, shortened, withinMost } from '../../src/incident/beside/bundling.ts';
import { limitsFrom, nextAt } from '../../src/incident/beside/limits.ts';
import { Limits } from '../../src/config/schema/on-call/limits.ts';
import type { Page } from '../../src/incident/page.ts';
import { pageTo } from '../notify/channels/support/page.ts';

const MINUTE = 60_000;

describe('nextAt', () => {
  /** A message each minute for six hours, each time one that waits goes as soon as it may. */
  function story(page: Partial<Page>, rings = false) {
    const sent: number[] = [];
    for (let minute = 1000; minute < 1000 + 6 * 60; minute += 1) {
      const at = new Date(minute * MINUTE).toISOString();
      if (
        nextAt({ notes: sent, pages: sent, rings }, pageTo('operations', { ...page, at })) <=
        minute * MINUTE
      )
        sent.push(minute * MINUTE);
    }
    const most = (minutes: number) =>
      Math.max(
        ...sent.map(
          (from) => sent.filter((at) => at >= from && at < from + minutes * MINUTE).length,
        ),
      );
    return { sent, most };
  }

  test('keeps notes to the limits however many there are, and to no more than them', () => {
    const { sent, most } = story({ event: 'note' });

    expect([most(3), most(20), most(120)]).toEqual([1, 3, 8]);
    expect(sent).toHaveLength(24);
  });

  test('keeps pages to those of calls where it rings, and of texts where it does not', () => {
    const calls = story({ severity: 'sev2' }, true);
    const texts = story({ severity: 'sev2' });

    expect([15, 60, 180].map(calls.most)).toEqual([3, 7, 15]);
    expect([15, 60, 180].map(texts.most)).toEqual([5, 11, 21]);
  });

  const full = Array.from({ length: 21 }, (_, index) => (1000 + index) * MINUTE);
  const now = 1020 * MINUTE;
  const next = (page: Partial<Page>, pages = full) =>
    nextAt(
      { notes: [], pages, rings: true },
      pageTo('operations', { at: new Date(now).toISOString(), ...page }),
    );

  test('lets a new sev1 go at once, whatever there was, and ten of them a minute', () => {
    const burst = [...full, ...Array.from({ length: 10 }, () => now)];

    expect(next({ severity: 'sev1', urgent: true, fresh: true })).toBeLessThanOrEqual(now);
    expect(next({ severity: 'sev1', urgent: true, fresh: true }, burst)).toBe(now + MINUTE);
    expect(next({ severity: 'sev2', urgent: true, fresh: true })).toBeGreaterThan(now);
  });

  test('lets nobody who has to act wait for more than a quarter of an hour', () => {
    expect(next({ severity: 'sev2', urgent: true })).toBe(now + 15 * MINUTE);
    expect(next({ severity: 'sev3', urgent: false })).toBeGreaterThan(now + 60 * MINUTE);
  });

  test('lets nobody wait for an hour more when the clock went back by one', () => {
    // What was sent a minute ago seems to be sent in an hour.
    const ahead = Array.from({ length: 30 }, () => now + 59 * MINUTE);

    for (const severity of ['sev1', 'sev2'] as const)
      expect(next({ severity, urgent: true, fresh: true }, ahead)).toBeLessThanOrEqual(
        now + 15 * MINUTE,
      );
  });

  test('goes by the limits of its target, where that has its own', () => {
    const own = Limits.parse({ calls: ['1 per 1h'], fresh: ['2 per 10m'], wait: '2h' });
    const limits = limitsFrom(own);
    const sent = [now - MINUTE];

    expect(next({ severity: 'sev2', urgent: true, limits }, sent)).toBe(now + 59 * MINUTE);
    expect(next({ severity: 'sev1', urgent: true, fresh: true, limits }, sent)).toBeLessThan(now);
    expect(next({ severity: 'sev1', urgent: true, fresh: true, limits }, [...sent, now])).toBe(
      now + 9 * MINUTE,
    );
    expect(next({ severity: 'sev2', urgent: true }, sent)).toBeLessThanOrEqual(now);
  });

  test('keeps back no answer and no end', () => {
    for (const event of ['acknowledge', 'resolve'] as const)
      expect(next({ event, severity: 'sev3' })).toBeLessThan(now);
  });
});

describe('bundleOf', () => {
  const notes = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      shortened(
        pageTo('operations', { event: 'note', subject: `note ${index}`, body: 'x'.repeat(8000) }),
      ),
    ) as [ReturnType<typeof pageTo>];

  test('leaves a single note as it is', () => {
    const page = pageTo('operations');

    expect({ ...bundleOf([page], page.at), key: page.key }).toEqual({ ...page, holdable: false });
  });

  test('stays small, tells how many there were, and is as grave as the gravest', () => {
    const [first, ...more] = notes(500);
    const grave = pageTo('operations', { event: 'note', severity: 'sev1' });
    const page = bundleOf([{ ...first, severity: 'sev3' }, ...more, grave], first.at);

    expect(page.subject).toBe('shop: 501 notes');
    expect(page.severity).toBe('sev1');
    expect(page.body).toContain('- note 99 (');
    expect(page.body).toContain('And 401 more: ');
    expect(page.body.length).toBeLessThan(60_000);
  });

  test('asks to act, and wakes, when one of its messages does', () => {
    const [note] = notes(1);
    const incident = { id: 'incident/shop/down', episode: '1' };
    const page = pageTo('operations', { urgent: true, incident, fresh: true });
    const digest = bundleOf([note, page], note.at, 7);

    expect(digest).toMatchObject({ event: 'trigger', urgent: true });
    expect(digest.subject).toBe('sev1 shop: 9 messages at once');
    expect(digest.body).toContain('And 7 more: ');
    // A link that acknowledges one of nine would be taken for all.
    expect(digest).not.toHaveProperty('incident');
    expect(bundleOf([page], page.at)).toMatchObject({ incident });
  });
});

describe('withinMost', () => {
  test('keeps the gravest, in their order, and counts the others', () => {
    const pages = Array.from({ length: 130 }, (_, index) =>
      pageTo('operations', { severity: index === 129 ? 'sev1' : index < 40 ? 'sev4' : 'sev3' }),
    );
    const { kept, over } = withinMost(pages);

    expect([kept.length, over]).toEqual([100, 30]);
    expect(kept.at(-1)!.severity).toBe('sev1');
    expect(kept.filter(({ severity }) => severity === 'sev4')).toHaveLength(10);
  });
});
