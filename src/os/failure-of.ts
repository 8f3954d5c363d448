import { ApplicationFailure } from '@temporalio/common';
import { permanent } from './failure.ts';

/** Whatever an activity threw, as a failure that has its type, and whether it is worth another try. */
export function failureOf(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  const { code, name, message } = error as Error & { code?: string };
  if (code === 'ENOSPC' || code === 'SQLITE_FULL')
    return permanent('NoSpace', `No space on disk: ${message}`);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return permanent('NotPermitted', `${message}${whoMayNot(code)}`);
  if (code?.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return permanent('DatabaseCorrupt', message);
  return ApplicationFailure.retryable(message, code ?? name);
}

/** Root is told by the message itself what is in its way. */
function whoMayNot(code: string): string {
  const us = process.geteuid?.();
  if (us === undefined || us === 0 || code === 'EROFS') return '';
  return `. This worker is user ${us}: start it as root, or as the user to whom that belongs`;
}
