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
