/** One line of the startup checklist. */
export interface CheckLine {
  /** As the manual calls it. */
  readonly line: string;
  /** `unknown`: it could not be seen from here, which keeps nothing from starting. */
  readonly state: 'ok' | 'failed' | 'unknown' | 'not applicable';
  /** One sentence without its period: what was seen, and where it failed, what to do. */
  readonly finding: string;
}

/** What one check says; which line it is, the checklist knows. */
export type Check = Omit<CheckLine, 'line'>;

export function ok(finding: string): Check {
  return { state: 'ok', finding };
}

/** `remedy` begins with a verb. */
export function fails(finding: string, remedy: string): Check {
  return { state: 'failed', finding: `${finding}: ${remedy}` };
}

export function unknown(finding: string): Check {
  return { state: 'unknown', finding };
}

export function notApplicable(finding: string): Check {
  return { state: 'not applicable', finding };
}
