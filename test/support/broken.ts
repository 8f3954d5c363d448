import { ApplicationFailure } from '@temporalio/common';

/** A failure of a type that the product does not know: a person is asked about it. */
export function broken(message: string, type = 'Broken'): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}
