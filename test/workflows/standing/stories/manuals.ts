import type { Severity } from './act.ts';

/** Who is told after so many minutes, in the manuals' words. */
export const MANUALS = {
  // "Immediate: Level 1; 15 minutes: Level 2; management for Severity 1"
  a: {
    sev1: { operations: 0, management: 0, development: 15 },
    sev2: { operations: 0, development: 15 },
    sev3: { operations: 0, development: 15 },
  },
  // "Escalation after 30 min, 2 hours, 8 hours"; "IT Director: major outage > 1 hour"
  b: {
    sev1: { 'on-call': 0, 'team-lead': 30, 'it-director': 60 },
    sev2: { 'on-call': 0, 'team-lead': 120 },
    sev3: { 'on-call': 0, 'team-lead': 480 },
  },
} as const;
/** How many minutes one who has acknowledged may be silent. */
export const ACKNOWLEDGED = { sev1: 60, sev2: 240, sev3: 1440 } as const;
/** For how many minutes it may be put off: docs/incidents.md. */
export const SNOOZED = { sev1: 60, sev2: 480, sev3: 10_080 } as const;
/** The same, as long as no worker has read the target's file: half an hour in the place of an acknowledgement. */
export const SNOOZED_UNREAD = { sev1: 30, sev2: 60, sev3: 210 } as const;
/** After so many minutes at most whoever comes after one who was asked by name is told. */
export const REPEAT = { sev1: 30, sev2: 60, sev3: 480 } as const;

/** The first, second or third whom the manual names for what is gravest. */
export function contactAt(manual: 'a' | 'b', index: number): string {
  return Object.keys(MANUALS[manual].sev1)[index]!;
}

export function isWorse(one: Severity, other: Severity): boolean {
  return one < other;
}

/** Minutes until all have been told again, whoever is told first. */
export function wholeRound(manual: 'a' | 'b', severity: Severity): number {
  return REPEAT[severity] + Math.max(...Object.values(MANUALS[manual][severity]));
}
