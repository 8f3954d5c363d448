import { log } from '@temporalio/activity';
import type { Severity } from '../config/severity.ts';

/** Something that people were told. */
export interface Notice {
  readonly severity: Severity;
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Where it went; empty when nobody could be told. */
  readonly channels: readonly string[];
}

/** How people are told. Until a target names channels that ring, the worker's log is the only one. */
export function noticeActivities() {
  return {
    /** Answers where it went. */
    async 'notices.tell'({ severity, message }: Omit<Notice, 'channels'>): Promise<string[]> {
      log.error(`${severity}: ${message}`);
      return ['log'];
    },
  };
}
export type NoticeActivities = ReturnType<typeof noticeActivities>;
