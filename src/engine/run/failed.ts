import { ApplicationFailure } from '@temporalio/workflow';
import type { FailureType } from '../../config/failure-types.ts';

/** What a runbook, or its engine, throws when something cannot be done. `type` is for programs, `message` a sentence for people. */
export function failed(type: FailureType, message: string): Error {
  return ApplicationFailure.nonRetryable(message, type);
}
