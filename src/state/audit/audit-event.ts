import type { Who } from '../../config/border/who.ts';

/** One line of the audit: somebody did something to a run. */
export interface AuditEvent {
  /** ISO 8601, UTC: when it happened, which may be before it was written. */
  readonly at: string;
  readonly run: string;
  /** `started`, `took over`, `decided`, `approved`, `rejected`, `paused`, `resumed`, `stopped`, `ended`. */
  readonly what: string;
  readonly by: string;
  /** How it is known who that was. */
  readonly who?: Who | undefined;
  readonly reason?: string | undefined;
  /** The id of the line that it was about. */
  readonly step?: string | undefined;
  /** The run that had the target, and ended without releasing it. */
  readonly from?: string | undefined;
  /** What was decided. */
  readonly choice?: string | undefined;
  /** How it ended. */
  readonly outcome?: string | undefined;
  /** Of a run that ended as a part of another: its id names the other's. */
  readonly runbook?: string | undefined;
}

/** Undefined: the line is none, or half of one. */
export function eventIn(line: string): AuditEvent | undefined {
  try {
    return JSON.parse(line) as AuditEvent;
  } catch {
    return undefined;
  }
}
