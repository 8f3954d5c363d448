import { describe, expect, test } from 'vitest';
import { bundleOf, nextNoteAt, shortened } from '../../src/incident/beside/bundling.ts';
import { pageTo } from '../notify/channels/support/page.ts';

const MINUTE = 60_000;

describe('nextNoteAt', () => {
  test('keeps to the limits however many there are, and to no more than them', () => {
    const sent: number[] = [];
    for (let minute = 1000; minute < 1000 + 6 * 60; minute += 1)
      if (nextNoteAt(sent) <= minute * MINUTE) sent.push(minute * MINUTE);

    const most = (minutes: number) =>
      Math.max(
        ...sent.map(
          (from) => sent.filter((at) => at >= from && at < from + minutes * MINUTE).length,
        ),
      );
    expect([most(3), most(20), most(120)]).toEqual([1, 3, 8]);
    expect(sent).toHaveLength(24);
  });
});

describe('bundleOf', () => {
  const notes = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      shortened(pageTo('operations', { subject: `note ${index}`, body: 'x'.repeat(8000) })),
    ) as [ReturnType<typeof pageTo>];

  test('leaves a single note as it is', () => {
    const page = pageTo('operations');

    expect({ ...bundleOf([page], page.at), key: page.key }).toEqual(page);
  });

  test('stays small, tells how many there were, and is as grave as the gravest', () => {
    const [first, ...more] = notes(500);
    const grave = pageTo('operations', { severity: 'sev1' });
    const page = bundleOf([{ ...first, severity: 'sev3' }, ...more, grave], first.at);

    expect(page.subject).toBe('shop: 501 notes');
    expect(page.severity).toBe('sev1');
    expect(page.body).toContain('And 461 more.');
    expect(page.body.length).toBeLessThan(60_000);
  });
});
