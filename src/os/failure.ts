import { ApplicationFailure } from '@temporalio/common';
import type { FailureType } from '../config/failure-types.ts';

/** Waiting cannot change it: not tried again. `type` is for programs, the sentence for people. */
export function permanent(type: FailureType, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}

/** It may pass by itself: tried again as the activity's policy says. */
export function passing(type: FailureType, message: string): ApplicationFailure {
  return ApplicationFailure.retryable(message, type);
}
