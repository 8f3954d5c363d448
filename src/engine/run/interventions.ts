import type { Who } from '../../config/border/who.ts';

/** What a person did to a run. */
export interface Intervention {
  readonly what:
    | 'decided'
    | 'approved'
    | 'approved beforehand'
    | 'rejected'
    | 'paused'
    | 'resumed'
    | 'stopped';
  /** A decision's choice. */
  readonly choice?: Choice;
  /** The id of the line that it was about. */
  readonly step?: string;
  readonly by: string;
  /** How it is known who that was. Missing: an older version did not ask. */
  readonly who?: Who | undefined;
  readonly reason?: string | undefined;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What may become of a step that cannot succeed. */
export type Choice = 'retry' | 'skip' | 'undo';
