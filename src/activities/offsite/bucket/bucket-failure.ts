import { ApplicationFailure } from '@temporalio/common';
import { plainLine } from '../../../config/text/plain-text.ts';
import { MissingSecret } from '../../../config/secret-of.ts';
import { passing, permanent } from '../../../os/failure.ts';
import { redacted } from '../../../os/redacted.ts';

interface ServiceError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** What S3, the network or a file says, as a sentence for people. `place` is the bucket. */
export function bucketFailure(error: unknown, place: string): Error {
  if (error instanceof ApplicationFailure) return error;
  const { name, code, message } = error as ServiceError;
  const text = plainLine(redacted(message.slice(0, 2000)), 300);
  if (error instanceof MissingSecret) return permanent('SecretMissing', text);
  const status = statusOf(error);
  if (name === 'NoSuchBucket')
    return permanent('OffsiteRefused', `Cannot find the bucket "${place}"`);
  if (status === 403 || status === 401)
    return permanent('OffsiteRefused', `"${place}" refuses its key: ${name}, ${text}`);
  if (CHANGED.has(name))
    return passing('OffsiteDiffers', `What came to "${place}" is not what was sent: ${text}`);
  if (status !== undefined && status < 500)
    return permanent('OffsiteRefused', `"${place}" refuses: ${name}, ${text}`);
  // Of a file, not of the network.
  if (code !== undefined && ['ENOENT', 'EACCES', 'ENOSPC', 'EROFS'].includes(code))
    return error as Error;
  return passing('OffsiteUnreachable', `Cannot reach "${place}": ${code ?? name}, ${text}`);
}

const CHANGED: ReadonlySet<string> = new Set([
  'BadDigest',
  'InvalidDigest',
  'XAmzContentSHA256Mismatch',
  'XAmzContentChecksumMismatch',
]);

export function statusOf(error: unknown): number | undefined {
  return (error as ServiceError).$metadata?.httpStatusCode;
}

/** There is no such object, version or upload. */
export function isAbsent(error: unknown): boolean {
  const { name } = error as ServiceError;
  if (name === 'NoSuchBucket') return false;
  return statusOf(error) === 404;
}

/** Something has that name already. */
export function isTaken(error: unknown): boolean {
  return statusOf(error) === 412;
}
