import {
  type Client,
  isGrpcServiceError,
  NamespaceNotFoundError,
  type ServiceError,
} from '@temporalio/client';
import { UnreachableError } from './unreachable-error.ts';

/** gRPC's numbers: the server went away, did not answer in time, or does not let us in. */
const LOST = new Set([1, 4, 14]);
const REFUSED = new Set([7, 16]);
const NOT_FOUND = 5;

/** What Temporal said in the middle of a command, for a person. Undefined: it was not Temporal. */
export function unreachableErrorOf(
  error: unknown,
  { options: { namespace } }: Client,
): UnreachableError | undefined {
  if (error instanceof NamespaceNotFoundError) return noNamespace(namespace);
  const cause = isGrpcServiceError(error) ? error : (error as { cause?: unknown }).cause;
  if (!isGrpcServiceError(cause)) return undefined;
  const { code, details } = cause as ServiceError & { code: number; details: string };
  if (LOST.has(code))
    return new UnreachableError(
      `Temporal does not answer any more: ${details.replace(/\.? Resolution note:.*$/, '')}`,
      'the same again; what has been started goes on without this command',
    );
  if (REFUSED.has(code))
    return new UnreachableError(
      `Temporal refuses: ${details}`,
      'check TEMPORAL_API_KEY or TEMPORAL_TLS_*, and the rights in the namespace',
    );
  return code === NOT_FOUND && /namespace/i.test(details) ? noNamespace(namespace) : undefined;
}

function noNamespace(namespace: string): UnreachableError {
  return new UnreachableError(
    `Cannot find namespace "${namespace}" in Temporal`,
    `temporal operator namespace create --namespace ${namespace}, or set TEMPORAL_NAMESPACE`,
  );
}
