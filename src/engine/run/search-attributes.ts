import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);

/** What runs can be found by in Temporal UI and `runbook runs`. The worker registers them at its start. */
export const searchAttributes = {
  target: keyword('Target'),
  family: keyword('Family'),
  severity: keyword('Severity'),
  /** `running` while the run is open, `waiting` while it waits for a person, its outcome when it has ended. */
  state: keyword('State'),
  /** The id of the line that runs. */
  step: keyword('Step'),
} as const;
