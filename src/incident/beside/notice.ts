import type { Severity } from '../../config/schema/values/severity.ts';

/** Something that people were notified of. */
export interface Notice {
  readonly severity: Severity;
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Where it went; empty when nobody could be notified. */
  readonly channels: readonly string[];
}
