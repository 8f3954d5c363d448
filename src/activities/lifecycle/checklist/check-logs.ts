import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Known } from './application-user.ts';
import { type Check, fails, notApplicable, ok, unknown } from './check-line.ts';
import { closedDirectory, has, rightsText } from './rights.ts';

/** Whether the application may write into the directories of its logs. What it prints is written by whoever starts it. */
export function checkLogs({ logs, runtime }: Pick<Target, 'logs' | 'runtime'>, user: Known): Check {
  const directories = new Set(logs.map(({ file }) => dirname(file)));
  if (directories.size === 0) return notApplicable('The target names no logs');
  const checks = [...directories].map((directory) => checkOne(directory, user, runtime));
  const worst =
    checks.find(({ state }) => state === 'failed') ??
    checks.find(({ state }) => state === 'unknown');
  return worst ?? ok([...directories].map((one) => `"${one}"`).join(', '));
}

function checkOne(directory: string, user: Known, { kind }: Target['runtime']): Check {
  const about = statSync(directory, { throwIfNoEntry: false });
  if (!about) return fails(`There is no log directory "${directory}"`, 'make it');
  if (!about.isDirectory())
    return fails(`The log directory "${directory}" is no directory`, `move it away, and make one`);
  if (isReadOnly(directory))
    return fails(
      `The log directory "${directory}" lies on a disk that is mounted read-only`,
      'mount it for writing',
    );
  if ('unknown' in user)
    return unknown(
      `"${directory}" is there, and nobody can tell whether it may be written: ${user.unknown}`,
    );
  const closed = kind === 'process' ? closedDirectory(user, directory) : undefined;
  if (closed !== undefined)
    return fails(
      `The application (${user.text}) may not go through "${closed}" to its logs`,
      `let it, chmod o+x "${closed}"`,
    );
  if (!has(user, 'write', about) || !has(user, 'enter', about))
    return fails(
      `The application (${user.text}) may not write into "${directory}" (${rightsText(about)})`,
      `give it to that user, chown ${user.uid} "${directory}"`,
    );
  return ok(`"${directory}"`);
}

function isReadOnly(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return false;
  } catch (error) {
    return (error as { code?: string }).code === 'EROFS';
  }
}
