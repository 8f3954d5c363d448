import { describe, expect, test } from 'vitest';
import { elapsed } from '../../src/incident/escalation.ts';
import { at, dueAt, opened, reckoned, say } from './three-levels.ts';

describe('snooze', () => {
  test('calls nobody until it ends, whoever is heard of, and then level 1', () => {
    const put = say(opened(), 5, { what: 'snooze', until: at(50) });
    const noted = say(put, 40, { what: 'note', text: '...' });

    expect(noted).toMatchObject({ state: 'acknowledged', acknowledged: { until: at(50) } });
    expect(elapsed(noted, at(49)).state).toBe('acknowledged');
    const over = elapsed(noted, at(50));
    expect(over.timeline.at(-1)).toMatchObject({ text: 'ana had snoozed it until now' });
    expect(dueAt(reckoned(over), 50)).toEqual(['operations']);
  });

  test('lasts as long as an acknowledgement of a sev1, and longer of what is lighter', () => {
    const long = { what: 'snooze', until: at(66) } as const;
    const lighter = say(opened(), 5, { what: 'severity', severity: 'sev3' });

    const refused = say(opened(), 5, long);
    expect(refused.state).toBe('triggered');
    expect(refused.timeline.at(-1)?.text).toBe(
      `Not taken (snooze): a sev1 waits 1 hour at most, until ${at(65)}`,
    );
    expect(say(lighter, 5, long).state).toBe('acknowledged');
    expect(say(opened(), 5, { what: 'snooze', until: at(4) }).state).toBe('triggered');
    expect(say(opened(), 5, { what: 'snooze', until: '2026-01-05T02:50:00Z' })).toMatchObject({
      acknowledged: { until: at(50) },
    });
  });

  test('ends when it becomes graver', () => {
    const lighter = say(opened(), 5, { what: 'severity', severity: 'sev3' });
    const put = say(lighter, 5, { what: 'snooze', until: at(120) });

    expect(say(put, 10, { what: 'severity', severity: 'sev1' }).state).toBe('triggered');
  });
});
