/** What a person did to a run: its history says who was authenticated, `by` is what they said. */
export interface Intervention {
  readonly what: 'decided' | 'approved' | 'rejected' | 'paused' | 'resumed' | 'stopped';
  /** A decision's choice. */
  readonly choice?: Choice;
  /** The id of the line that it was about. */
  readonly step?: string;
  readonly by: string;
  readonly reason?: string | undefined;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What may become of a step that cannot succeed. */
export type Choice = 'retry' | 'skip' | 'undo';
