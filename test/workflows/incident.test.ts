import { describe, expect } from 'vitest';
import { test } from '../support/incidents.ts';

describe.concurrent('an incident', () => {
  test('tells level after level until somebody acknowledges', async ({ incidents, b }) => {
    const { incident, ladder } = await incidents.simulate(
      { severity: 'sev1' },
      {
        target: b,
        length: '80m',
        said: [{ after: 40 * 60_000, answer: { what: 'acknowledge', by: 'team-lead' } }],
      },
    );

    expect(ladder).toEqual(['0m on-call', '30m team-lead']);
    expect(incident).toMatchObject({
      state: 'acknowledged',
      acknowledged: { by: 'team-lead' },
      told: ['on-call', 'team-lead'],
    });
  });
});
