import { describe, expect } from 'vitest';
import { test } from '../../support/incidents.ts';

const MINUTE = 60_000;

describe('an incident', () => {
  test('calls whom people ask for, and after them the usual levels', async ({ incidents, a }) => {
    const { escalation, incident, pages } = await incidents.simulate(
      { severity: 'sev1' },
      {
        target: a,
        length: '150m',
        said: [
          { after: MINUTE, answer: { what: 'escalate', by: 'ana' } },
          { after: 5 * MINUTE, answer: { what: 'acknowledge', by: 'team-lead' } },
          { after: 10 * MINUTE, answer: { what: 'respond', by: 'ana', to: 'security' } },
          { after: 20 * MINUTE, answer: { what: 'reassign', by: 'ana', to: 'security' } },
          {
            after: 30 * MINUTE,
            answer: { what: 'snooze', by: 'sec-1', until: new Date(0).toISOString() },
          },
          { after: 31 * MINUTE, answer: { what: 'acknowledge', by: 'sec-1' } },
        ],
      },
    );

    expect(escalation.slice(0, 2).toSorted()).toEqual(['0m management', '0m operations']);
    expect(escalation.slice(2, 5)).toEqual(['1m development', '10m security', '20m security']);
    expect(incident.timeline.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^Not taken \(snooze\): 1970-/),
    );
    expect(pages.find(({ contact }) => contact === 'security')?.body).toContain(
      '- team-lead has it, and ana asks for your help',
    );
  });
});
