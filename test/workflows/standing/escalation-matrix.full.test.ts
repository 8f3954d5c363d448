import { describe, expect } from 'vitest';
import type { Severity } from '../../../src/config/schema/values/severity.ts';
import { inMilliseconds } from '../../../src/config/time/duration.ts';
import type { IncidentKind } from '../../../src/incident/alert-report.ts';
import { test } from '../../support/incidents.ts';

interface Row {
  readonly severity: Severity;
  readonly kind?: IncidentKind;
  /** Who is notified when, the first time through, when nobody ever answers. */
  readonly never: readonly string[];
}

/**
 * A: "Immediate: Level 1; 15 minutes: Level 2; 1 hour: Level 3 for security; management for Severity 1". Of a sev1 of security our template has
 * the security team hear at once, too: A's "Security Incident Response" begins with them.
 */
const MANUAL_A: readonly Row[] = [
  { severity: 'sev1', never: ['0m operations', '0m management', '15m development'] },
  { severity: 'sev2', never: ['0m operations', '15m development'] },
  { severity: 'sev3', never: ['0m operations', '15m development'] },
  { severity: 'sev4', never: ['0m operations', '15m development'] },
  {
    severity: 'sev1',
    kind: 'security',
    never: ['0m operations', '0m management', '0m security', '15m development', '60m security'],
  },
  {
    severity: 'sev3',
    kind: 'security',
    never: ['0m operations', '15m development', '60m security'],
  },
];

/** B: "Escalation after 30 min, 2, 8, 48 hours"; "IT Director: major outage over 1 hour"; SOC for security. */
const MANUAL_B: readonly Row[] = [
  { severity: 'sev1', never: ['0m on-call', '30m team-lead', '60m it-director'] },
  { severity: 'sev2', never: ['0m on-call', '120m team-lead'] },
  { severity: 'sev3', never: ['0m on-call', '480m team-lead'] },
  { severity: 'sev4', never: ['0m on-call', '2880m team-lead'] },
  { severity: 'sev2', kind: 'security', never: ['0m on-call', '0m soc', '120m team-lead'] },
  {
    severity: 'sev1',
    kind: 'database',
    never: ['0m on-call', '0m database-admin', '30m team-lead', '60m it-director'],
  },
];

/** A Tuesday, when both teams work: what is said of business days begins at once. */
const TUESDAY = nextTuesday(new Date());

for (const [manual, matrix] of [
  ['a', MANUAL_A],
  ['b', MANUAL_B],
] as const)
  describe.concurrent(`the escalation matrix of ${manual === 'a' ? 'A' : 'B'}`, () => {
    for (const { severity, kind, never } of matrix) {
      const what = kind ? `${severity}, ${kind}` : severity;
      const levels = [...new Set(never.map((row) => inMilliseconds(row.split(' ')[0] as '0m')))];
      const length = `${levels.at(-1)! / 60_000 + 10}m`;

      test(`${what}: all are notified when nobody acknowledges`, async ({ incidents, a, b }) => {
        const { escalation, incident } = await incidents.simulate(
          { severity, ...(kind && { kind }) },
          { target: manual === 'a' ? a : b, at: TUESDAY, length },
        );

        expect(escalation.toSorted()).toEqual(never.toSorted());
        expect(incident.state).toBe('triggered');
      });

      for (const level of levels)
        test(`${what}: nobody after an answer at ${level / 60_000} min`, async ({
          incidents,
          a,
          b,
        }) => {
          const { escalation, incident } = await incidents.simulate(
            { severity, ...(kind && { kind }) },
            {
              target: manual === 'a' ? a : b,
              at: TUESDAY,
              // A minute after this level was notified.
              said: [{ after: level + 60_000, answer: { what: 'acknowledge', by: 'somebody' } }],
              length: `${Math.min(levels.at(-1)! / 60_000 + 10, level / 60_000 + 55)}m`,
            },
          );

          expect(escalation.toSorted()).toEqual(
            never.filter((row) => inMilliseconds(row.split(' ')[0] as '0m') <= level).toSorted(),
          );
          expect(incident.state).toBe('acknowledged');
        });
    }
  });

function nextTuesday(now: Date): Date {
  const days = (2 - now.getUTCDay() + 7) % 7 || 7;
  return new Date(
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + days, 9, 30),
  );
}
