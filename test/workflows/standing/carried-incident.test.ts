import { describe, expect, test } from 'vitest';
import { elapsed } from '../../../src/incident/escalation.ts';
import { planned } from '../../../src/incident/planned.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import { openEpisode } from '../../../src/incident/episode.ts';
import { CarriedIncident } from '../../../src/workflows/standing/carried-incident.ts';

const NOW = '2026-01-06T09:30:00.000Z';
const policy = { repeat: 60_000, acknowledged: 60_000, hold: 0, urgent: true };
const told = { level: '1', contact: 'on-call', at: NOW, notified: true, tries: 0 };

/** Everybody is told: what is due next is reckoned from its policy. */
function carried(change: Partial<typeof policy>): Incident {
  const open = openEpisode(
    {
      target: 'shop',
      fingerprint: 'down',
      status: 'firing',
      severity: 'sev1',
      title: 'It is down',
      source: 'test',
      at: NOW,
    },
    NOW,
  );
  return planned(open, 1, { ...policy, ...change }, [told], NOW);
}

describe('CarriedIncident', () => {
  test.each([1e308, -1])('refuses a length of %d ms', (repeat) => {
    expect(CarriedIncident.safeParse(carried({ repeat })).success).toBe(false);
  });

  test('lets every moment be reckoned from the longest that it takes', () => {
    const longest = CarriedIncident.parse(carried({ repeat: 36_500 * 86_400_000 }));

    expect(elapsed(longest, NOW).escalation.round).toBe(1);
    // It would fail each task of its workflow, for ever.
    expect(() => elapsed(carried({ repeat: 1e308 }), NOW)).toThrow(RangeError);
  });
});
