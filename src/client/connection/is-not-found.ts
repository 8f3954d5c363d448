import { isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';

/** gRPC's number for it. */
const NOT_FOUND = 5;

/** Whether Temporal knows no such run, or no longer: calls of a handle say so by an error of their own, and those of the service by gRPC's. */
export function isNotFound(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true;
  return isGrpcServiceError(error) && (error.code as number) === NOT_FOUND;
}
