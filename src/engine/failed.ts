import { ApplicationFailure } from '@temporalio/workflow';

/** What a runbook, or its engine, throws when something cannot be done. `type` is for programs, `message` a sentence for people. */
export function failed(type: string, message: string): Error {
  return ApplicationFailure.nonRetryable(message, type);
}
